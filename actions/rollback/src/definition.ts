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
  runId,
  runInputs,
  runOutputs,
  text,
  token,
  url,
  version,
} from '@sluice/contract';

export const definition = defineAction({
  name: 'rollback',
  title: 'rollback',
  description:
    'Takes the traffic back from the run it is given, and from no other; proves by probing that the live version answers, and moves the registry alias back.',
  permissions: { statuses: 'write', deployments: 'write' },
  inputs: {
    ...runInputs,
    'run-id': {
      ...runInputs['run-id'],
      description: 'The run to take back. Where the target holds another run, nothing is done.',
      required: true,
    },
    reason: { type: text, description: 'Why; it goes into the record.', required: true },
    method: {
      type: list(choice('Method', ['traffic', 'registry-alias'])),
      description: 'What is taken back, in this order; the traffic always comes first.',
      default: 'traffic,registry-alias',
    },
    router: {
      type: choice('RouterKind', ['haproxy', 'nginx']),
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
