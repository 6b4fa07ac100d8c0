import { randomBytes } from 'node:crypto';
import type { Metric, NewRun, TrackedRun, Tracker } from '../tracker.ts';
import type { WandbProject } from './project.ts';
import type { WandbService } from './service.ts';
import { wandbRegistry } from './wandb-registry.ts';

/**
 * Runs at Weights & Biases, through its own Python library. Experiments are groups, tags are entries of the configuration below
 * `tag/`. Offline nothing can be read back from W&B: `mirror` keeps what was written, and is what is read.
 */
export function wandbTracker(project: WandbProject, service: WandbService, mirror: Tracker): Tracker {
  const { ask } = service;
  const mirrored = async (runId: string, write: () => Promise<void>): Promise<void> => {
    // a run of another machine is not in this folder
    if (project.offline && (await mirror.getRun(runId))) await write();
  };

  return {
    kind: 'wandb',
    uri: ['wandb:/', project.entity, project.project].filter((part) => part !== undefined).join('/'),
    pageOf: async ({ runId }) => {
      if (project.offline) return undefined;
      const { url } = await ask('page', { run_id: runId });
      return typeof url === 'string' ? url : undefined;
    },
    startRun: async (run) => {
      const started = project.offline ? await mirror.startRun(run) : newRun(run);
      const { runId, experiment } = started;
      const answer = await ask('start', {
        run_id: runId,
        name: run.name ?? null,
        group: experiment,
        tags: run.tags ?? {},
      });
      return { ...started, name: typeof answer.name === 'string' ? answer.name : started.name };
    },
    logParams: async (runId, params) => {
      await ask('params', { run_id: runId, params });
      await mirrored(runId, () => mirror.logParams(runId, params));
    },
    logMetrics: async (runId, metrics) => {
      if (metrics.length === 0) return;
      await ask('metrics', { run_id: runId, metrics: metrics.map(wireMetric) });
      await mirrored(runId, () => mirror.logMetrics(runId, metrics));
    },
    setTags: async (runId, tags) => {
      await ask('tags', { run_id: runId, tags });
      await mirrored(runId, () => mirror.setTags(runId, tags));
    },
    finish: async (runId, status, finishedAt) => {
      await ask('finish', { run_id: runId, status });
      await mirrored(runId, () => mirror.finish(runId, status, finishedAt));
    },
    getRun: async (runId) => {
      if (project.offline) return mirror.getRun(runId);
      const { run } = await ask('get', { run_id: runId });
      return (run as TrackedRun | null) ?? undefined;
    },
    findRuns: async (tags, options) => {
      if (project.offline) return mirror.findRuns(tags, options);
      const { experiment, limit = 100 } = options;
      const { runs } = await ask('find', { tags, group: experiment, limit });
      return runs as readonly TrackedRun[];
    },
    registry: wandbRegistry(project, ask, mirror.registry),
    close: () => service.close(),
  };
}

/** An id that MLflow's and W&B's rules both allow. */
function newRun({ experiment, name, tags = {}, startedAt }: NewRun): TrackedRun {
  const runId = randomBytes(16).toString('hex');
  return {
    runId,
    name: name ?? runId,
    experiment,
    status: 'RUNNING',
    startedAt,
    params: {},
    metrics: {},
    tags,
  };
}

/** JSON has no NaN, and a loss may become one. */
const wireMetric = ({ key, value, step }: Metric) => ({
  key,
  value: Number.isFinite(value) ? value : String(value),
  step,
});
