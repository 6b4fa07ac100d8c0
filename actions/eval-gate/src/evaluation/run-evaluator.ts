import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { duration, ProgramError } from '@sluice/contract';
import type { EvaluatorConfig, Results } from '@sluice/evaluation';
import { run } from '@sluice/process';
import type { Context } from '../context.ts';
import { type Cached, cacheKey, fromCache, intoCache } from './cache.ts';
import type { Part } from './items.ts';
import { type Program, programOf } from './program.ts';
import { keyOf, type Target } from './target.ts';

/** What an evaluation left, and whether it ran on bytes that are known by their digest. */
export interface Evaluation {
  readonly folder: string;
  /** Nothing proves that the model that answered is the one that is judged, or another machine made the results. */
  readonly claimed: boolean;
  /** What the evaluation took, whenever it ran. */
  readonly seconds: number;
  /** Where and when it was made, where it was taken from before. */
  readonly cached: Cached | null;
  /** Keeps it for the next time, once it was read and found whole. */
  keep(results: Results): Promise<void>;
}

/** Evaluates all part, or some, into a folder of its own; all of them may be taken from before. */
export async function runEvaluator(
  context: Context,
  config: EvaluatorConfig,
  target: Target,
  {
    part,
    env = {},
    label,
  }: { part?: Part | undefined; env?: Readonly<Record<string, string>>; label?: string } = {},
): Promise<Evaluation> {
  const { host } = context;
  const program = await programOf(context, config);
  const about = label === undefined ? '' : `${label}: `;
  const asked = part
    ? { why: 'a part of the items is evaluated' }
    : await cacheKey(context, config, target, program);
  if ('why' in asked) host.log.info(`${about}the evaluation is not cached: ${asked.why}`);
  const found = 'why' in asked ? null : await fromCache(context, asked);
  if (found) {
    host.log.info(`${about}the evaluation is taken from the cache: ${found.cached.sentence}`);
    return { ...found, claimed: target.claimed || found.cached.elsewhere, keep: async () => {} };
  }
  const made = await freshly(context, config, target, program, { part, env, label });
  return {
    ...made,
    claimed: target.claimed,
    cached: null,
    keep: async (results) => {
      if (!('why' in asked)) await intoCache(context, asked, made, results);
    },
  };
}

async function freshly(
  context: Context,
  config: EvaluatorConfig,
  { evaluated }: Target,
  program: Program,
  {
    part,
    env,
    label,
  }: { part: Part | undefined; env: Readonly<Record<string, string>>; label: string | undefined },
): Promise<{ folder: string; seconds: number }> {
  const { inputs, host } = context;
  const folder = await mkdtemp(join(host.temp, label === undefined ? 'evaluation-' : `${label}-`));
  const call = await program.call(evaluated, folder, part);
  const argv = [...program.interpreter, ...call.argv];
  host.log.info(argv.join(' '));
  const title = `Evaluation by ${inputs.evaluator}${label === undefined ? '' : ` of ${label}`}`;
  const work = () =>
    run(argv, {
      cwd: host.workspace,
      env: {
        ...host.env,
        ...program.env,
        ...call.env,
        ...('endpoint' in evaluated ? { OPENAI_API_KEY: keyOf(context) ?? 'EMPTY' } : {}),
        ...env,
        ...config.env,
      },
      timeoutMs: duration.parse(config.timeout),
      signal: host.signal,
      capture: false,
      tailLines: 20,
      onLine: (line) => host.log.debug(label === undefined ? line : `${label}: ${line}`),
    });
  // groups of several programs at once would be shown as nested
  const done = label === undefined ? await host.log.group(title, work) : await work();
  host.signal.throwIfAborted();
  const end = `${label === undefined ? '' : ` (variant ${label})`}; its last lines:\n${done.tail.join('\n')}`;
  if (done.timedOut)
    throw new ProgramError(`${inputs.evaluator} did not end within ${config.timeout} and was stopped${end}`);
  if (done.code !== 0)
    throw new ProgramError(`${inputs.evaluator} ended with ${done.code ?? done.signal}${end}`);
  // lm-eval ends with 0 though it could not save anything: only the files of this run prove that it worked
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  if (!files.some((file) => /\.(json|jsonl|csv)(\.gz)?$/.test(file))) {
    throw new ProgramError(`${inputs.evaluator} ended with 0 and saved no results${end}`);
  }
  return { folder, seconds: done.durationMs / 1000 };
}
