import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  document,
  duration,
  Invalid,
  messageOf,
  number,
  percent,
  type Type,
  UserError,
} from '@sluice/contract';
import { type Baseline, type Plan, type Policy, parsePlan, parsePolicy } from '@sluice/rollout';
import type { Option } from '../options.ts';
import { SIGMA } from './usual.ts';

export const OPTIONS = {
  plan: { description: 'Stages as share@time. Default: 1@1h,5@2h,25@2h,100@24h.' },
  policy: {
    description: 'sequential, classic, or a policy document: its path, or inline YAML. Default: sequential.',
  },
  rate: { description: 'Requests a second of both versions together, for example 10.' },
  errors: { description: 'Percent of requests that usually fail. Default: 0.2.' },
  p99: {
    description: 'The usual P99 of the latency, with its unit: 2s. Without it, latency is not rehearsed.',
  },
  metrics: {
    description:
      'Read rate, errors and history from an access log, CSV or the address of a Prometheus instead.',
  },
  history: {
    description: "Recorded past of the live version in the same forms: the judge's baseline.",
  },
  replay: {
    description:
      'Recorded traffic of two versions, or a folder of such files: a JSON access log, or CSV with the header minute,version,requests,errors and, where measured, cumulative columns le_<ms>; version is stable or canary.',
  },
  runs: { description: 'Walks with an unchanged candidate. Default: 100.' },
  seed: { description: 'The same seed gives the same answer. Default: 1.' },
  json: { description: 'One JSON object, or one a file with --replay.', alone: true },
  help: { description: 'This text.', alone: true },
} as const satisfies Record<string, Option>;

export type Options = { readonly [K in keyof typeof OPTIONS]?: string };

/** A value of an option by a type of the contract; the error says what is allowed. */
export function read<T>(name: string, text: string, type: Type<T>): T {
  try {
    return type.parse(text);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw new UserError(
      `--${name}: '${text}' ${error.message}; allowed: ${type.rule}${error.hint ? `; ${error.hint}` : ''}`,
    );
  }
}

export async function planAndPolicy(options: Options, cwd: string): Promise<{ plan: Plan; policy: Policy }> {
  return {
    plan: parsePlan(options.plan ?? '1@1h,5@2h,25@2h,100@24h'),
    policy: await policyOf(options.policy ?? 'sequential', cwd),
  };
}

async function policyOf(given: string, cwd: string): Promise<Policy> {
  if (/^[a-z]+$/.test(given)) return parsePolicy(given);
  const source = read('policy', given, document);
  if ('inline' in source) return parsePolicy(source.inline, '--policy');
  const text = await readFile(resolve(cwd, source.path), 'utf8').catch((error: unknown) => {
    throw new UserError(`--policy: ${source.path} cannot be read (${messageOf(error)})`);
  });
  return parsePolicy(text, source.path);
}

/** What was given goes before what was measured; the body of the latency's law hardly matters to a P99 guard. */
export function baselineOf({ errors, p99 }: Options, measured?: Baseline): Baseline {
  const share = errors === undefined ? measured?.errorShare : read('errors', errors, percent) / 100;
  const latency =
    p99 === undefined
      ? measured?.latency
      : { p99: atLeastOneMs('p99', read('p99', p99, duration)), sigma: measured?.latency?.sigma ?? SIGMA };
  return { errorShare: share ?? USUAL_ERRORS, ...(latency ? { latency } : {}) };
}

function atLeastOneMs(name: string, ms: number): number {
  if (ms < 1) throw new UserError(`--${name} must be at least 1ms`);
  return ms;
}

const USUAL_ERRORS = 0.002;

export const positive = number({ min: 0.001 });
