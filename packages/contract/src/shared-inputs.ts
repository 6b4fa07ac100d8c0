import type { InputSpec } from './action.ts';
import { recordRef, runId } from './types/identities.ts';
import { envName, path, text } from './types/plain.ts';
import { orNone } from './types/structures.ts';
import { flag } from './types/words.ts';

/** Inputs that several actions have, declared once so that they mean the same everywhere. */
export const dryRun = {
  'dry-run': { type: flag, description: 'Say what would be done and touch nothing.', default: 'false' },
} as const satisfies Record<string, InputSpec>;

export const token = {
  token: {
    type: text,
    description:
      'Token of the host, only for comments, commit statuses and deployments. Without it the summary alone is written.',
    secret: true,
  },
} as const satisfies Record<string, InputSpec>;

export const failOnReject = {
  'fail-on-reject': {
    type: flag,
    description:
      'Whether what was not approved fails the step with exit 3, after outputs, report and record are written.',
    default: 'true',
  },
} as const satisfies Record<string, InputSpec>;

export const runInputs = {
  'run-id': {
    type: runId,
    description: 'The run that this step belongs to: output `run-id` of the step before.',
  },
  record: {
    type: recordRef,
    description: 'The evidence so far, pinned by digest: output `record` of the step before.',
  },
  'tracking-uri': {
    type: text,
    description:
      'MLflow server (http://…), `wandb`, or a folder. Default: MLFLOW_TRACKING_URI, else the folder .sluice/tracking of the workspace.',
  },
} as const satisfies Record<string, InputSpec>;

/** `none` where the step belongs to no run, as on a dry run. */
export const runOutputs = {
  'run-id': {
    type: orNone(runId),
    description: 'The run that joins commit, data, evaluation, image and rollout.',
  },
  record: {
    type: orNone(recordRef),
    description: 'The record with the statement of this step, pinned by digest.',
  },
} as const;

/** The Python that an engine runs in. */
export const pythonInputs = {
  python: {
    type: path,
    description: 'Python interpreter; one that has all that is needed is used as it is. Default: python3.',
  },
  requirements: {
    type: path,
    description: 'Requirements file of the environment. Default: the pinned one that comes with the action.',
  },
} as const satisfies Record<string, InputSpec>;

/** An API key, given as a secret or by the name of the variable that holds it. */
export const apiKey = {
  'api-key': { type: text, description: 'API key of the endpoint.', secret: true },
  'api-key-env': {
    type: envName,
    description: 'Name of the environment variable that holds the API key, where a host masks badly.',
  },
} as const satisfies Record<string, InputSpec>;

/** Signs what this step states, so that who has the public key needs no reference that is pinned. */
export const signingKey = {
  'signing-key': {
    type: text,
    description:
      'Private key that signs the statement of this step: the path of a PEM file (Ed25519, P-256, P-384, P-521), `env:NAME`, or the PEM itself. An encrypted one is opened with SLUICE_SIGNING_PASSPHRASE.',
  },
} as const satisfies Record<string, InputSpec>;

export const trustedKeys = {
  'trusted-keys': {
    type: path,
    description:
      'File of public keys (PEM), taken from the checked-out commit. With it a decision counts only where one of them has signed it, and a record may be found by its run alone.',
  },
} as const satisfies Record<string, InputSpec>;
