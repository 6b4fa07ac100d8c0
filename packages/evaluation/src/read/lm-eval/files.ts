import { basename, dirname, join } from 'node:path';
import { UserError } from '@sluice/contract';

/** One run's files: a results file and the samples of its tasks, all of one time stamp in one folder. */
export interface RunFiles {
  readonly folder: string;
  readonly stamp: string;
  readonly summary: string | null;
  /** Samples file of each task. */
  readonly samples: ReadonlyMap<string, string>;
}

const STAMP = /_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.(json|jsonl)(?:\.gz)?$/;

/** The time stamp in a file's name, or null. */
export function stampOf(path: string): string | null {
  return STAMP.exec(basename(path))?.[1] ?? null;
}

/** Groups the files of a folder into runs, oldest first. */
export function groupRuns(paths: readonly string[]): RunFiles[] {
  const runs = new Map<
    string,
    { folder: string; stamp: string; summary: string | null; samples: Map<string, string> }
  >();
  for (const path of paths) {
    const match = STAMP.exec(basename(path));
    if (!match) continue;
    const stamp = match[1] as string;
    const key = join(dirname(path), stamp);
    const run = runs.get(key) ?? {
      folder: dirname(path),
      stamp,
      summary: null,
      samples: new Map<string, string>(),
    };
    runs.set(key, run);
    const stem = basename(path).slice(0, match.index);
    if (match[2] === 'jsonl' && stem.startsWith('samples_'))
      run.samples.set(stem.slice('samples_'.length), path);
    else if (match[2] === 'json') run.summary = path;
  }
  return [...runs.values()].sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
}

/**
 * The runs that may be read together: every task once. Runs that share a folder and a task are never mixed and
 * never guessed between.
 * @throws UserError naming the runs
 */
export function withoutOverlap(
  runs: readonly RunFiles[],
  tasksOf: (run: RunFiles) => readonly string[],
  source: string,
): void {
  const seen = new Map<string, RunFiles>();
  for (const run of runs) {
    for (const task of tasksOf(run)) {
      const other = seen.get(task);
      if (other) {
        const names = runs.map((r) => (r.summary ? r.summary : `${r.folder}/*_${r.stamp}`)).join(', ');
        throw new UserError(
          `${source} holds ${runs.length} runs of lm-eval, and task "${task}" is in more than one: name the results file that is meant (${names}), or give each run a folder of its own`,
        );
      }
      seen.set(task, run);
    }
  }
}
