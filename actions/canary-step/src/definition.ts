import {
  apiKey,
  canaryDecision,
  choice,
  defineAction,
  document,
  dryRun,
  duration,
  failOnReject,
  flag,
  imageRef,
  instant,
  integer,
  orNone,
  path,
  percent,
  runInputs,
  runOutputs,
  signingKey,
  text,
  token,
  trustedKeys,
  url,
  version,
} from '@sluice/contract';
import { onlineEvaluationSchema } from '@sluice/online-evaluation';
import { policySchema, startSchema } from '@sluice/rollout';
import { routerKinds } from '@sluice/traffic';
import { allowUnprovenSchema } from './allow-unproven.ts';
import { ENGINES } from './engines.ts';

export const definition = defineAction({
  name: 'canary-step',
  title: 'canary step',
  description:
    'One tick of a staged canary: reads the state and the metrics since the stage began, judges, perhaps moves the weight, writes the state, and ends. No runner is needed while the canary soaks.',
  permissions: { statuses: 'write', deployments: 'write' },
  documents: {
    policy: policySchema,
    start: startSchema,
    'online-evaluation': onlineEvaluationSchema,
    'allow-unproven': allowUnprovenSchema,
  },
  inputs: {
    command: {
      type: choice('Command', ['tick', 'approve', 'pause', 'resume', 'abort']),
      description: 'What to do: judge and go on (tick), or what a person decides.',
      default: 'tick',
    },
    router: {
      type: choice('RouterKind', routerKinds),
      description: 'What splits the traffic.',
      default: 'haproxy',
    },
    target: {
      type: text,
      description:
        'Where the router is steered: `unix:/path` or `tcp:host:port` with `?frontend=…&var=…` (haproxy), the path of the split file with `?status=…&reload=…` (nginx), or `<namespace>/<kind>/<name>` (routers in Kubernetes, whose cluster `KUBECONFIG` names).',
      required: true,
    },
    stable: {
      type: url,
      description:
        'Address of the server behind the slot `stable`; asked what it serves, and probed after a rollback.',
    },
    canary: { type: url, description: 'Address of the server behind the slot `canary`.' },
    start: {
      type: document,
      description:
        'How the new version is brought up where no user is sent yet, and taken down again: a command, or a manifest for Kubernetes (schema: start.schema.json). Default: it is there already.',
    },
    warmup: {
      type: integer({ min: 0, max: 10_000 }),
      description: 'Requests sent to the new version before it gets users; they count in no figure.',
      default: '3',
    },
    segments: {
      type: text,
      description:
        'Whom the rollout is for, before the percentage: one header a line with its values, `x-region = eu, us`. Users must be in all of them. Default: everybody.',
    },
    plan: {
      type: text,
      description: 'Stages as share@time, the share growing.',
      default: '1@1h,5@2h,25@2h,100@24h',
    },
    policy: {
      type: document,
      description: 'The judge: `sequential`, `classic`, or a policy document (schema: policy.schema.json).',
      default: 'sequential',
    },
    metrics: {
      type: text,
      description:
        "Where the figures come from: a Prometheus address, the path of the gateway's JSON access log, or `requests:<path>` for a structured request log; several on lines of their own.",
    },
    engine: {
      type: choice('Engine', ENGINES),
      description:
        'Whose metric names a Prometheus has, where its address in `metrics` has no `family=`. Default: haproxy.',
    },
    'online-evaluation': {
      type: document,
      description:
        'Samples of answered requests of both versions that are scored while the rollout is under way (schema: online-evaluation.schema.json).',
    },
    state: {
      type: text,
      description: 'Another place for the state of the rollout: `file:<path>`. Default: the store.',
    },
    busy: {
      type: choice('Busy', ['refuse', 'replace']),
      description: 'What to do while another run has the target: refuse, or take that one to 0 first.',
      default: 'refuse',
    },
    wait: {
      type: flag,
      description: 'Go on ticking until the rollout ends or `wait-limit` is reached.',
      default: 'false',
    },
    'wait-limit': {
      type: duration,
      description: 'The longest this job waits; the rollout itself goes on.',
      default: '5h',
    },
    deploy: {
      type: flag,
      description: "The gate's flag. `false` ends with exit 3; `true` is not enough: the record must say so.",
    },
    image: { type: imageRef, description: 'The image that is to get users, by digest.' },
    version: { type: version, description: 'The version that the new server says it serves.' },
    'promote-alias': {
      type: text,
      description: 'Alias of the model registry that follows a completed rollout.',
      default: 'production',
    },
    'keep-old': {
      type: duration,
      description: 'How long the old slot stays warm after the rollout completed.',
      default: '24h',
    },
    'allow-unproven': {
      type: document,
      description:
        'A file of the commit that allows a rollout without a record, with the reason (schema: allow-unproven.schema.json).',
    },
    environment: {
      type: text,
      description: 'Environment of the host whose deployment shows where the rollout stands (with a token).',
      default: 'production',
    },
    reason: { type: text, description: 'Why a person decided, for approve, pause, resume and abort.' },
    ...trustedKeys,
    ...signingKey,
    ...runInputs,
    ...apiKey,
    ...token,
    ...failOnReject,
    ...dryRun,
  },
  outputs: {
    decision: { type: canaryDecision, description: 'What this tick decided.' },
    stage: { type: integer({ min: 0 }), description: 'The stage of the plan, from 1; 0: none.' },
    weight: { type: percent, description: 'Share of users at the new version now.' },
    reason: { type: text, description: 'The decision in one sentence.' },
    deploy: { type: flag, description: '`true` only where the rollout is complete.' },
    'next-check': { type: orNone(instant), description: 'When to look next.' },
    'exposed-requests': { type: integer({ min: 0 }), description: 'Requests the new version served so far.' },
    state: { type: text, description: 'Where the state of the rollout lies.' },
    report: { type: path, description: 'The HTML report.' },
    ...runOutputs,
  },
});
