import {
  apiKey,
  choice,
  decision,
  defineAction,
  document,
  dryRun,
  envName,
  failOnReject,
  flag,
  list,
  metrics,
  modelDigest,
  modelRef,
  number,
  orNone,
  path,
  runInputs,
  runOutputs,
  signingKey,
  text,
  token,
  trustedKeys,
  url,
  version,
} from '@sluice/contract';
import { evaluatorConfig, FORMATS, gatesDocument, judgeConfig } from '@sluice/evaluation';
import { startPlan } from './documents/start.ts';
import { failedGates } from './failed-gates.ts';

export const definition = defineAction({
  name: 'eval-gate',
  title: 'eval-gate',
  description:
    'Decides on evaluation results whether a model may be deployed: approve, reject or undecided, with how sure it is. Reads what lm-eval, EvalScope and others wrote, or runs the evaluation first, and compares with a baseline item by item.',
  permissions: { 'pull-requests': 'write', statuses: 'write' },
  inputs: {
    ...runInputs,
    gates: {
      type: document,
      description:
        'The gates: metrics, bounds, margins against the baseline. Taken from the checked-out commit.',
      required: true,
    },
    candidate: {
      type: text,
      description:
        "The candidate's results: a file or folder, `runs:/<run-id>/<path>`, or a run ID. Not with an `evaluator`, which makes them.",
    },
    baseline: {
      type: text,
      description:
        'The results to compare with: the same, `registry:<name>@<alias>`, or `variant:<name>` of `config`.',
    },
    'baseline-missing': {
      type: choice('BaselineMissing', ['reject', 'absolute-only']),
      description:
        'What gates against a baseline say when there is none: reject, or be left out (for the first version).',
      default: 'reject',
    },
    format: {
      type: choice('Format', ['auto', ...FORMATS]),
      description: 'Format of the result files; `auto` recognises it by content.',
      default: 'auto',
    },
    measurements: {
      type: path,
      description: 'JSON file of figures measured elsewhere: output `measurements` of smoke-test.',
    },
    review: {
      type: list(path),
      description:
        'Files of ratings that reviewers handed back (`sluice review draw` makes the form), for `review` in the gates.',
    },
    'review-key': {
      type: path,
      description:
        'The key of the sample that they rated: review-key.json. Without it nobody knows what wrote what.',
    },
    judge: {
      type: document,
      description:
        'A judge model: its endpoint, model and what it is asked. Its verdicts are the metrics judge_wins, judge_acceptable or judge_score.',
    },
    'judge-api-key': { type: text, description: "API key of the judge's endpoint.", secret: true },
    'judge-api-key-env': {
      type: envName,
      description: 'Name of the environment variable that holds it, where a host masks badly.',
    },
    confidence: {
      type: number({ min: 0.5, max: 1 }),
      description:
        'Confidence of every proof (0.95: one-sided alpha 0.05), where the gates say none. Gates that say another end with exit 2. Default: 0.95.',
    },
    evaluator: {
      type: choice('Evaluator', ['none', 'lm-eval', 'evalscope', 'command']),
      description: 'Runs the evaluation first, against `endpoint`, `start` or the folder of the model.',
      default: 'none',
    },
    config: {
      type: document,
      description:
        'What the evaluator does: tasks, few-shot, limit, seed, or the command; variants; what is cached.',
    },
    endpoint: { type: url, description: 'OpenAI-compatible server that serves the candidate.' },
    start: {
      type: document,
      description:
        'The server to bring up for the evaluation: a command as a list, `{port}` standing for its port. It is always ended.',
    },
    'served-name': {
      type: text,
      description: 'Name that the server serves the candidate under; default: the only one that it lists.',
    },
    ...apiKey,
    model: {
      type: modelRef,
      description:
        "The candidate's model, for the evaluator and the registry; default: what the record names.",
    },
    'model-digest': { type: modelDigest, description: 'Its digest; default: what the record names.' },
    'base-model': {
      type: modelRef,
      description: 'The base model of an adapter that the record names, on this machine.',
    },
    register: {
      type: text,
      description: 'Name in the model registry; an approved candidate becomes a version of it.',
    },
    version: {
      type: version,
      description: 'The version to register, in full; default: the next minor version of `register`.',
    },
    alias: { type: text, description: 'Alias that names the approved version.', default: 'candidate' },
    history: {
      type: list(text),
      description:
        'Where the figures of each version are kept besides: `influxdb+https://<host>?org=…&bucket=…` (v1: `?db=…`), `pushgateway+https://<host>`, a file `….lp` (line protocol) or `….prom` (Prometheus text).',
    },
    comment: {
      type: choice('Comment', ['auto', 'none']),
      description: 'Whether the report is shown as one comment on the pull or merge request (needs `token`).',
      default: 'auto',
    },
    ...signingKey,
    ...trustedKeys,
    ...token,
    ...failOnReject,
    ...dryRun,
  },
  outputs: {
    deploy: { type: flag, description: '`true` only where the decision is `approve`.' },
    decision: { type: decision, description: 'What the gates say.' },
    'failed-gates': {
      type: failedGates,
      description:
        'JSON list of the gates that did not approve, each with `name` and `decision`. Where there are more than hosts have room for, its last entry says how many more.',
    },
    metrics: { type: metrics, description: "The candidate's figures, by `task/metric@filter`." },
    'model-version': { type: orNone(version), description: 'The version that was registered.' },
    'registry-version': { type: orNone(text), description: "The registry's own number of it." },
    report: { type: path, description: 'The HTML report.' },
    ...runOutputs,
  },
  documents: { gates: gatesDocument, judge: judgeConfig, config: evaluatorConfig, start: startPlan },
});
