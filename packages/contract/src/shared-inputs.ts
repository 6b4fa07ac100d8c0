import type { InputSpec } from './action.ts';
import { recordRef, runId } from './types/identities.ts';
import { envName, text } from './types/plain.ts';
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

export const runOutputs = {
  'run-id': { type: runId, description: 'The run that joins commit, data, evaluation, image and rollout.' },
  record: { type: recordRef, description: 'The record with the statement of this step, pinned by digest.' },
} as const;

/** An API key, given as a secret or by the name of the variable that holds it. */
export const apiKey = {
  'api-key': { type: text, description: 'API key of the endpoint.', secret: true },
  'api-key-env': {
    type: envName,
    description: 'Name of the environment variable that holds the API key, where a host masks badly.',
  },
} as const satisfies Record<string, InputSpec>;
