import {
  apiKey,
  defineAction,
  document,
  dryRun,
  duration,
  failOnReject,
  flag,
  integer,
  number,
  orNone,
  path,
  runInputs,
  runOutputs,
  text,
  textList,
  token,
  url,
} from '@sluice/contract';
import { answerChecks } from './documents/checks.ts';
import { loadPlan } from './documents/load.ts';
import { startPlan } from './documents/start.ts';

const measured = orNone(number({ min: 0 }));

export const definition = defineAction({
  name: 'smoke-test',
  title: 'smoke-test',
  description:
    'Asks an OpenAI-compatible server real questions, whole and streamed, and says whether it answers rightly and fast enough. A server whose `/health` is fine while its answers fail is not healthy.',
  permissions: { statuses: 'write' },
  inputs: {
    ...runInputs,
    endpoint: { type: url, description: 'Address of the server to test. Either this or `start`.' },
    start: {
      type: document,
      description:
        'The server to bring up: a command as a list, `{port}` standing for its port, or a map with `command`, `port`, `env`, `model`, `ready-timeout`. It is waited for, tested, and always ended.',
    },
    model: {
      type: text,
      description:
        'Name of the model to ask. `auto`: the only one that `/v1/models` lists, or the only adapter in it.',
      default: 'auto',
    },
    prompts: {
      type: path,
      description:
        'File of prompts: one a line, or a JSON or YAML list. Default: a greeting, a question in Chinese, a small program.',
    },
    timeout: { type: duration, description: 'For one whole answer.', default: '30s' },
    warmup: {
      type: integer({ min: 0, max: 1000 }),
      description: 'Requests before the test that are not measured.',
      default: '0',
    },
    'max-tokens': {
      type: integer({ min: 1, max: 100_000 }),
      description: 'The most tokens of an answer.',
      default: '128',
    },
    ...apiKey,
    checks: {
      type: document,
      description:
        'What answers must hold: a list of maps with `prompt` and `contains`, `matches` or `json: true`.',
    },
    load: {
      type: document,
      description:
        'Requests beyond the prompts: a map with `requests`, `concurrency` and, for random arrivals, `rate` a second.',
    },
    'max-ttft-p99': {
      type: duration,
      description: 'The most time to the first token that 99 of 100 streamed requests may take.',
    },
    'max-latency-p99': {
      type: duration,
      description: 'The most time for a whole answer that 99 of 100 requests may take.',
    },
    'min-tokens-per-second': {
      type: number({ min: 0 }),
      description: 'The least number of tokens a second over the whole test.',
    },
    'max-error-rate': {
      type: number({ min: 0, max: 1 }),
      description: 'The greatest share of failed requests, 0 to 1. Each prompt must be answered in any case.',
      default: '0',
    },
    ...token,
    ...failOnReject,
    ...dryRun,
  },
  outputs: {
    healthy: { type: flag, description: 'Whether every check passed.' },
    requests: { type: integer({ min: 0 }), description: 'Requests that were measured.' },
    'error-rate': { type: measured, description: 'Share of them that failed, 0 to 1.' },
    'ttft-p50-ms': { type: measured, description: 'Median time to the first token, streamed requests.' },
    'ttft-p99-ms': {
      type: measured,
      description: 'Its 99th percentile. A failed request counts as endless: `none` where it falls on one.',
    },
    'latency-p50-ms': { type: measured, description: 'Median time for a whole answer.' },
    'latency-p99-ms': { type: measured, description: 'Its 99th percentile, likewise.' },
    'tpot-p50-ms': { type: measured, description: 'Median time for each further token, streamed requests.' },
    'tokens-per-second': { type: measured, description: 'Output tokens a second over the whole test.' },
    'failed-checks': { type: textList, description: 'JSON list with the names of the checks that failed.' },
    report: { type: path, description: 'The HTML report.' },
    measurements: {
      type: path,
      description: 'JSON file with what was measured, for the input `measurements` of eval-gate.',
    },
    ...runOutputs,
  },
  documents: { start: startPlan, checks: answerChecks, load: loadPlan },
});
