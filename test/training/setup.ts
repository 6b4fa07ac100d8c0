import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { type TestHost, testHost } from '@sluice/host/testing';
import { cacheFolder, type PythonEnvironment, pythonEnvironment, run } from '@sluice/process';
import { digestOf } from '@sluice/record';
import { withLock } from '@sluice/store';
import lora from '../../actions/lora-train/src/main.ts';

const root = dirname(dirname(import.meta.dirname));

/** The Python programs as they lie in this checkout. */
export const programs = join(root, 'packages', 'engines', 'python');

/** The environment that the programs run in; made on first use, then taken from the cache. */
export function modelEnvironment(): Promise<PythonEnvironment> {
  return pythonEnvironment({ name: 'tests', requirements: join(programs, 'requirements', 'model.txt') });
}

export interface TinyModel {
  readonly base: string;
  readonly train: string;
  readonly test: string;
}

/** The toy base model with its data; made on first use of this version of its program, then taken from the cache. */
export async function tinyModel(environment: PythonEnvironment): Promise<TinyModel> {
  const maker = join(root, 'demo', 'tiny-model');
  const sources = await Promise.all(['make.py', 'corpus.py'].map((name) => readFile(join(maker, name))));
  const folder = join(cacheFolder(), 'toy-models', digestOf(Buffer.concat(sources)).slice(7, 23));
  await withLock(
    `${folder}.lock`,
    async () => {
      if (await stat(folder).catch(() => undefined)) return;
      const draft = `${folder}.making`;
      await mkdir(dirname(folder), { recursive: true });
      const made = await run([environment.python, join(maker, 'make.py'), '--out', draft], {
        env: environment.env,
        timeoutMs: 1_500_000,
      });
      if (made.code !== 0) throw new Error(made.tail.join('\n'));
      await rename(draft, folder);
    },
    { wait: 1_500_000 },
  );
  return {
    base: join(folder, 'base'),
    train: join(folder, 'data', 'train.jsonl'),
    test: join(folder, 'data', 'test.jsonl'),
  };
}

/** One thread: on a shared machine more of them wait for each other longer than they work. */
const oneThread = { OMP_NUM_THREADS: '1' };

/** A host in memory that has the real programs, the real cache and a store and tracker in its own workspace. */
export function realHost(overrides: Partial<Host> = {}): TestHost {
  return testHost({
    action: 'lora-train',
    programs,
    cacheDir: cacheFolder(),
    env: { ...process.env },
    ...overrides,
  });
}

/** Runs lora-train on inputs as text, as a workflow gives them. */
export function loraTrain(
  host: Host,
  inputs: Readonly<Record<string, string>>,
): Promise<Outcome<(typeof lora)['definition']['outputs']>> {
  return lora.run(parseInputs(lora.definition, new Map(Object.entries(inputs))), host);
}

/** What a model (with an adapter) answers to each question, and the share that is right word for word. */
export async function ask(
  environment: PythonEnvironment,
  model: string,
  questions: string,
  adapter?: string,
): Promise<{ readonly exactMatch: number; readonly answers: readonly string[] }> {
  const program = join(import.meta.dirname, 'answer.py');
  const argv = [environment.python, program, model, questions, ...(adapter ? [adapter] : [])];
  const answered = await run(argv, {
    env: { ...environment.env, HF_HUB_OFFLINE: '1', ...oneThread },
    timeoutMs: 600_000,
  });
  if (answered.code !== 0) throw new Error(answered.tail.join('\n'));
  return JSON.parse(answered.stdout.trim().split('\n').at(-1) ?? '');
}

export async function exactMatch(...asked: Parameters<typeof ask>): Promise<number> {
  return (await ask(...asked)).exactMatch;
}
