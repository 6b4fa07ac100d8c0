import { randomBytes } from 'node:crypto';
import { type MlflowConnection, MlflowError } from '@sluice/store';
import type { Metric, NewRun, Params, Tags, Tracker } from '../tracker.ts';
import { mlflowRegistry } from './mlflow-registry.ts';
import { parseRun, type WireRun } from './wire.ts';

/** What one `runs/log-batch` may hold (MLflow's REST API): metrics, params, tags, and all of them together. */
const BATCH = { metrics: 1000, params: 100, tags: 100 } as const;
/** Longest value of a parameter. */
const PARAM_LENGTH = 6000;
/** Marks the attempt that made a run, so that a repeated one finds it. */
const START_TAG = 'sluice.start';

/** Runs on an MLflow server, through its REST API 2.0. */
export function mlflowTracker(mlflow: MlflowConnection): Tracker {
  const experiments = new Map<string, Promise<string>>();
  const experimentId = (name: string) => {
    const known = experiments.get(name) ?? ensureExperiment(mlflow, name);
    experiments.set(name, known);
    known.catch(() => experiments.delete(name));
    return known;
  };
  const log = (runId: string, batch: object) =>
    mlflow.write('runs/log-batch', { run_id: runId, ...batch }, { idempotent: true });

  return {
    kind: 'mlflow',
    uri: mlflow.uri,
    pageOf: async ({ runId }) => {
      const run = await getRun(mlflow, runId);
      return run && `${mlflow.uri}/#/experiments/${run.info?.experiment_id}/runs/${runId}`;
    },
    startRun: async (run) =>
      parseRun(await startRun(mlflow, await experimentId(run.experiment), run), run.experiment),
    logParams: async (runId, params) => {
      for (const part of chunks(paramList(params), BATCH.params)) await log(runId, { params: part });
    },
    logMetrics: async (runId, metrics) => {
      for (const part of chunks(metrics.map(wireMetric), BATCH.metrics)) await log(runId, { metrics: part });
    },
    setTags: async (runId, tags) => {
      for (const part of chunks(tagList(tags), BATCH.tags)) await log(runId, { tags: part });
    },
    finish: async (runId, status, finishedAt) => {
      await mlflow.write(
        'runs/update',
        { run_id: runId, status, end_time: finishedAt },
        { idempotent: true },
      );
    },
    getRun: async (runId) => {
      const run = await getRun(mlflow, runId);
      if (!run) return undefined;
      const { experiment } = (await mlflow.read('experiments/get', {
        experiment_id: run.info?.experiment_id,
      })) as {
        experiment?: { name?: string };
      };
      return parseRun(run, experiment?.name ?? '');
    },
    findRuns: async (tags, { experiment, limit = 100 }) => {
      const id = await findExperiment(mlflow, experiment);
      if (id === undefined) return [];
      const runs = await searchRuns(mlflow, id, tags, limit);
      return runs.map((run) => parseRun(run, experiment));
    },
    registry: mlflowRegistry(mlflow),
    close: async () => {},
  };
}

async function startRun(mlflow: MlflowConnection, experimentId: string, run: NewRun): Promise<WireRun> {
  const mark = randomBytes(16).toString('hex');
  const body = {
    experiment_id: experimentId,
    start_time: run.startedAt,
    ...(run.name === undefined ? {} : { run_name: run.name }),
    tags: tagList({ ...run.tags, [START_TAG]: mark }),
  };
  try {
    const made = (await mlflow.write('runs/create', body, { idempotent: false })) as { run: WireRun };
    return made.run;
  } catch (error) {
    if (error instanceof MlflowError && error.status < 500) throw error;
    // the answer was lost: the run may have been made
    const [found] = await searchRuns(mlflow, experimentId, { [START_TAG]: mark }, 1);
    if (found) return found;
    throw error;
  }
}

async function getRun(mlflow: MlflowConnection, runId: string): Promise<WireRun | undefined> {
  try {
    return ((await mlflow.read('runs/get', { run_id: runId })) as { run: WireRun }).run;
  } catch (error) {
    // an id that MLflow would not give itself is an invalid parameter to it
    if (
      error instanceof MlflowError &&
      ['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'].includes(error.code)
    )
      return undefined;
    throw error;
  }
}

async function searchRuns(
  mlflow: MlflowConnection,
  experimentId: string,
  tags: Tags,
  limit: number,
): Promise<readonly WireRun[]> {
  const filter = Object.entries(tags)
    .map(([key, value]) => `tags.${quoted(mlflowName(key), '`')} = ${quoted(value, "'")}`)
    .join(' and ');
  const body = {
    experiment_ids: [experimentId],
    filter,
    max_results: limit,
    order_by: ['attributes.start_time DESC'],
  };
  const { runs = [] } = (await mlflow.write('runs/search', body, { idempotent: true })) as {
    runs?: WireRun[];
  };
  return runs;
}

async function findExperiment(mlflow: MlflowConnection, name: string): Promise<string | undefined> {
  try {
    const found = (await mlflow.read('experiments/get-by-name', { experiment_name: name })) as {
      experiment: { experiment_id: string };
    };
    return found.experiment.experiment_id;
  } catch (error) {
    if (error instanceof MlflowError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}

async function ensureExperiment(mlflow: MlflowConnection, name: string): Promise<string> {
  const found = await findExperiment(mlflow, name);
  if (found !== undefined) return found;
  try {
    const made = await mlflow.write('experiments/create', { name }, { idempotent: true });
    return String(made.experiment_id);
  } catch (error) {
    // another job made it meanwhile, or this request was repeated
    if (!(error instanceof MlflowError && error.code === 'RESOURCE_ALREADY_EXISTS')) throw error;
    const again = await findExperiment(mlflow, name);
    if (again === undefined) throw error;
    return again;
  }
}

const paramList = (params: Params) =>
  Object.entries(params).map(([key, value]) => ({
    key: mlflowName(key),
    value: String(value).slice(0, PARAM_LENGTH),
  }));

const tagList = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key: mlflowName(key), value }));

/** MLflow takes letters, digits and `_-. :/` in names: the `@` of `acc@filter` becomes `:`, anything else `_`. */
const mlflowName = (name: string) => name.replaceAll('@', ':').replace(/[^A-Za-z0-9_\-. :/]/g, '_');

/** JSON has no NaN; protobuf's JSON form writes it as text. */
const wireMetric = ({ key, value, ...rest }: Metric) => ({
  ...rest,
  key: mlflowName(key),
  value: Number.isFinite(value) ? value : String(value),
});

/** A name or text in MLflow's filter language, which doubles no quotes: one that holds the quote cannot be written. */
function quoted(text: string, quote: string): string {
  return quote === "'" && text.includes("'") ? `"${text}"` : `${quote}${text}${quote}`;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
