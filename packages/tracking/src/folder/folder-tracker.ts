import { randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SystemError, UserError } from '@sluice/contract';
import { withLock, writeAtomically } from '@sluice/store';
import type { Metric, NewRun, Tags, TrackedRun, Tracker } from '../tracker.ts';
import { folderRegistry } from './folder-registry.ts';

/** What `run.json` of a run holds; metrics lie beside it, one a line. */
type StoredRun = Omit<TrackedRun, 'metrics'>;

/**
 * Runs as files: `<folder>/runs/<run-id>/run.json` and `metrics.jsonl`, `<folder>/registry/<model>.json`. Several
 * processes may write at the same time.
 */
export function folderTracker(folder: string, signal?: AbortSignal): Tracker {
  const at = (runId: string, name: string) => join(folder, 'runs', runId, name);
  const noRun = (runId: string) =>
    new UserError(`${folder} has no run '${runId}'. Check run-id and tracking-uri.`);
  const change = async (runId: string, edit: (run: StoredRun) => StoredRun) => {
    // also keeps the lock from making a folder for a run that is not there
    if (!(await storedRun(runId))) throw noRun(runId);
    await withLock(
      at(runId, '.lock'),
      async () => {
        const run = await readRun(at(runId, 'run.json'));
        if (!run) throw noRun(runId);
        await writeAtomically(at(runId, 'run.json'), `${JSON.stringify(edit(run), undefined, 2)}\n`);
      },
      { signal },
    );
  };
  const storedRun = async (runId: string) =>
    /^[A-Za-z0-9_-]{8,64}$/.test(runId) ? readRun(at(runId, 'run.json')) : undefined;
  const getRun = async (runId: string): Promise<TrackedRun | undefined> => {
    const run = await storedRun(runId);
    return run && { ...run, metrics: lastValues(await readMetrics(at(runId, 'metrics.jsonl'))) };
  };

  return {
    kind: 'folder',
    uri: folder,
    pageOf: async () => undefined,
    startRun: async (run) => {
      const started = newRun(run);
      await writeAtomically(at(started.runId, 'run.json'), `${JSON.stringify(started, undefined, 2)}\n`);
      return { ...started, metrics: {} };
    },
    logParams: (runId, params) =>
      change(runId, (run) => {
        const texts = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));
        return { ...run, params: { ...run.params, ...texts } };
      }),
    logMetrics: async (runId, metrics) => {
      if (!(await storedRun(runId))) throw noRun(runId);
      // one write, at the end of the file: lines of processes that write at once do not mix
      await appendFile(at(runId, 'metrics.jsonl'), metrics.map(metricLine).join(''));
    },
    setTags: (runId, tags) => change(runId, (run) => ({ ...run, tags: { ...run.tags, ...tags } })),
    finish: (runId, status, finishedAt) => change(runId, (run) => ({ ...run, status, finishedAt })),
    getRun,
    findRuns: async (tags, { experiment, limit = 100 }) => {
      const ids = await readdir(join(folder, 'runs')).catch(() => []);
      const runs = await Promise.all(ids.map(getRun));
      return runs
        .filter((run) => run !== undefined)
        .filter((run) => run.experiment === experiment && hasTags(run, tags))
        .sort((a, b) => b.startedAt - a.startedAt)
        .slice(0, limit);
    },
    registry: folderRegistry(join(folder, 'registry'), signal),
    close: async () => {},
  };
}

function newRun({ experiment, name, tags = {}, startedAt }: NewRun): StoredRun {
  const runId = randomBytes(16).toString('hex');
  return {
    runId,
    name: name ?? `run-${runId.slice(0, 8)}`,
    experiment,
    status: 'RUNNING',
    startedAt,
    params: {},
    tags,
  };
}

const hasTags = (run: TrackedRun, tags: Tags) =>
  Object.entries(tags).every(([key, value]) => run.tags[key] === value);

async function readRun(path: string): Promise<StoredRun | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StoredRun;
  } catch (error) {
    throw new SystemError(`${path} is not JSON: ${messageOf(error)}`);
  }
}

const metricLine = (metric: Metric) =>
  `${JSON.stringify({ ...metric, value: Number.isFinite(metric.value) ? metric.value : String(metric.value) })}\n`;

async function readMetrics(path: string): Promise<Metric[]> {
  const lines = ((await readText(path)) ?? '').split('\n').slice(0, -1);
  return lines.map((line) => {
    const metric = JSON.parse(line) as Metric;
    return { ...metric, value: Number(metric.value) };
  });
}

/** The value of the highest step, of equal steps the newest: as MLflow has it. */
function lastValues(metrics: readonly Metric[]): Record<string, number> {
  const last = new Map<string, Metric>();
  for (const metric of metrics) {
    const known = last.get(metric.key);
    if (
      !known ||
      metric.step > known.step ||
      (metric.step === known.step && metric.timestamp >= known.timestamp)
    )
      last.set(metric.key, metric);
  }
  return Object.fromEntries([...last].map(([key, { value }]) => [key, value]));
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SystemError(`${path} cannot be read: ${messageOf(error)}`);
  }
}
