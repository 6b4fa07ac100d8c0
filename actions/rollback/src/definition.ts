import {
  apiKey,
  choice,
  defineAction,
  dryRun,
  failOnReject,
  flag,
  integer,
  list,
  orNone,
  path,
  type RunId,
  runId,
  runInputs,
  runOutputs,
  signingKey,
  type Type,
  text,
  token,
  trustedKeys,
  url,
  version,
} from '@sluice/contract';
import { routerKinds } from '@sluice/traffic';

/** A drill is of whatever is live; an emergency names its run. */
const runOrLive: Type<RunId | 'live'> = {
  ...runId,
  name: 'RunId or live',
  rule: `${runId.rule}, or 'live' for a drill`,
  parse: (given) => (given === 'live' ? given : runId.parse(given)),
  schema: { anyOf: [{ const: 'live' }, runId.schema] },
};

export const definition = defineAction({
  name: 'rollback',
  title: 'rollback',
  description:
    'Takes the traffic back from the run it is given, and from no other; proves by probing that the live version answers; then Deployments, values under git, the registry alias, data and model files follow.',
  permissions: { statuses: 'write', deployments: 'write' },
  inputs: {
    ...runInputs,
    'run-id': {
      type: runOrLive,
      description:
        'The run to take back; where the target holds another run, nothing is done. `live`, for a drill: the run that has the users.',
      required: true,
    },
    reason: { type: text, description: 'Why; it goes into the record.', required: true },
    method: {
      type: list(choice('Method', ['traffic', 'rollout-undo', 'gitops', 'registry-alias', 'dvc'])),
      description: 'What is taken back, done in this order.',
      default: 'traffic,registry-alias',
    },
    router: {
      type: choice('RouterKind', routerKinds),
      description: 'What splits the traffic.',
      default: 'haproxy',
    },
    target: { type: text, description: 'Where the router is steered, as in canary-step.', required: true },
    stable: {
      type: url,
      description: 'Address of the server behind the slot `stable`; default: what the state names.',
    },
    canary: {
      type: url,
      description: 'Address of the server behind the slot `canary`; default: what the state names.',
    },
    state: { type: text, description: 'Another place of the state, as in canary-step.' },
    to: {
      type: text,
      description: '`previous`, a run ID or a version of the history of the target.',
      default: 'previous',
    },
    register: {
      type: text,
      description: 'Name of the model in the registry; default: what the state names.',
    },
    alias: { type: text, description: 'Alias that is moved back.', default: 'production' },
    deployment: {
      type: text,
      description:
        'For rollout-undo: `<namespace>/deployment/<name>` (or `statefulset`, `daemonset`), in the cluster of KUBECONFIG.',
    },
    'to-revision': {
      type: integer({ min: 1 }),
      description:
        'For rollout-undo: the revision to go back to. Default: the newest that runs the image of the restored version, else the one before.',
    },
    gitops: {
      type: text,
      description:
        'For gitops: the value that a commit puts back, `<repository>#<branch>:<file>:<yaml path>`: a share in percent, an image, its digest, or a version. Default: the target of router argo-cd.',
    },
    'gitops-value': {
      type: text,
      description:
        'For gitops: what to put there. Default: what the restored version had, as its record says.',
    },
    'dvc-folder': {
      type: path,
      description: 'For dvc: the folder of the checkout that holds `.dvc`.',
      default: '.',
    },
    'dvc-commit': {
      type: text,
      description:
        'For dvc: the commit whose data and models come back. Default: the one that the restored version was trained from, as its record says.',
    },
    'dvc-targets': {
      type: list(text),
      description: 'For dvc: only these `.dvc` files, relative to its folder. Default: all of the commit.',
      default: '',
    },
    verify: {
      type: integer({ min: 0, max: 1000 }),
      description: 'Probes that the restored version must answer; 0 leaves it unverified.',
      default: '5',
    },
    drill: {
      type: flag,
      description: 'Do the whole round, then put everything back: a test of the rollback itself.',
      default: 'false',
    },
    when: {
      type: choice('When', ['always', 'lease-expired']),
      description: 'Act at once, or only on a rollout whose ticks stopped coming.',
      default: 'always',
    },
    environment: {
      type: text,
      description:
        'Environment of the host whose deployment shows which version has the users (with a token), as in canary-step.',
      default: 'production',
    },
    ...trustedKeys,
    ...signingKey,
    ...apiKey,
    ...token,
    ...failOnReject,
    ...dryRun,
  },
  outputs: {
    'rolled-back': { type: flag, description: 'Whether traffic was taken back from this run.' },
    verified: {
      type: flag,
      description: 'Whether the restored version answered all probes and the router sends nobody elsewhere.',
    },
    'from-version': { type: orNone(version), description: 'The version that lost its users.' },
    'to-version': { type: orNone(version), description: 'The version that has them now.' },
    'restored-run-id': {
      type: runOutputs['run-id'].type,
      description: 'The run of the version that has the users now.',
    },
    'duration-ms': {
      type: integer({ min: 0 }),
      description: 'Milliseconds from the decision until the router sent nobody there.',
    },
    report: { type: path, description: 'The HTML report.' },
    ...runOutputs,
    'run-id': { type: runId, description: runOutputs['run-id'].description },
  },
});
