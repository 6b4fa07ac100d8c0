import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Outcome } from './walks.ts';

/** Some walks of one cell, by name. */
export interface Chunk {
  readonly judge: string;
  readonly scenario: string;
  readonly rate: number;
  readonly seed: number;
  readonly look: number;
  readonly from: number;
  readonly to: number;
}

export const keyOf = ({ judge, scenario, rate, seed, look, from, to }: Chunk): string =>
  [judge, scenario, rate, seed, look, from, to].join('|');

interface Kept {
  readonly sources: string;
  readonly key: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * Does chunks on `jobs` threads and calls `done` for each. With `file` what was done is kept there, a line a chunk, and not done again
 * as long as judge, simulation and bench are the same.
 */
export async function doChunks(
  chunks: readonly Chunk[],
  jobs: number,
  file: string | undefined,
  done: (chunk: Chunk, outcomes: readonly Outcome[]) => void,
): Promise<void> {
  const sources = digestOfSources();
  const known = keptIn(file, sources);
  const left = chunks.filter((chunk) => {
    const outcomes = known.get(keyOf(chunk));
    if (outcomes) done(chunk, outcomes);
    return !outcomes;
  });
  const threads = Array.from({ length: Math.min(jobs, left.length) }, () => work());
  await Promise.all(threads);

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      for (let chunk = left.shift(); chunk; chunk = left.shift()) {
        const outcomes = await answer(worker, chunk);
        if (file) appendFileSync(file, `${JSON.stringify({ sources, key: keyOf(chunk), outcomes })}\n`);
        done(chunk, outcomes);
      }
    } finally {
      await worker.terminate();
    }
  }
}

function answer(worker: Worker, chunk: Chunk): Promise<readonly Outcome[]> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (outcomes: readonly Outcome[]) => {
      worker.off('error', reject);
      resolve(outcomes);
    });
    worker.postMessage(chunk);
  });
}

function keptIn(file: string | undefined, sources: string): Map<string, readonly Outcome[]> {
  const known = new Map<string, readonly Outcome[]>();
  if (!file || !existsSync(file)) return known;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.endsWith('}')) continue;
    const kept = JSON.parse(line) as Kept;
    if (kept.sources === sources) known.set(kept.key, kept.outcomes);
  }
  return known;
}

/** Over everything that a walk's end depends on. */
function digestOfSources(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = join(here, '../..');
  const names = ['packages/rollout/src', 'packages/statistics/src', 'bench/judge'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => join(root, folder, String(name)))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')),
  );
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(readFileSync(name));
  return hash.digest('hex').slice(0, 16);
}
