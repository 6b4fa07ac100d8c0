import { UserError } from '@sluice/contract';
import { EVALUATION_TABLE, genaiResults, type Results, runMetrics, withRunMetrics } from '@sluice/evaluation';
import { connectMlflow, openStore, type Store } from '@sluice/store';
import type { TrackedRun } from '@sluice/tracking';
import type { Context } from './context.ts';

/** Traces of one answer, and of all answers. */
const PAGE = 500;
const MOST_PAGES = 2000;

/** The artifacts of the tracking server's runs, where there is one. */
export async function artifactsOf({ store, trackingUri, host }: Context): Promise<Store | null> {
  if (store.kind === 'mlflow') return store;
  if (!isServer(trackingUri)) return null;
  const { SLUICE_STORE_URL: _, ...env } = host.env;
  return openStore({ trackingUri, workspace: host.workspace, env, signal: host.signal });
}

/**
 * What a tracker knows of a run: the table of items that `mlflow.evaluate` logged, or the items that `mlflow.genai.evaluate` scored, and
 * the run's metrics as figures.
 *
 * @param read reads one artifact of a run, `<run-id>/<path>`
 */
export async function trackedResults(
  run: TrackedRun,
  role: string,
  context: Context,
  read: (key: string) => Promise<Results | null>,
): Promise<Results> {
  const { runId, metrics, name } = run;
  const source = `the run ${runId}${name === '' ? '' : ` (${name})`}`;
  const artifacts = await artifactsOf(context);
  const tables = ((await artifacts?.list(`${runId}/`)) ?? []).filter((key) => key.endsWith(EVALUATION_TABLE));
  const [table, ...more] = tables;
  if (more.length > 0)
    throw new UserError(
      `${role}: ${source} logged several tables; name one as ${tables.map((key) => `runs:/${key}`).join(' or ')}`,
    );
  const items = table === undefined ? await genaiItems(run, source, context) : await read(table);
  if (!items && Object.keys(metrics).length === 0)
    throw new UserError(
      `${role}: ${source} has no metrics, no ${EVALUATION_TABLE} and no results of a gate; give runs:/${runId}/<path> where its results lie elsewhere`,
    );
  return { ...withRunMetrics(items, runMetrics(metrics, source)), source };
}

/** The scored traces of a run; null where it has none. */
async function genaiItems(
  { runId, tags, experiment }: TrackedRun,
  source: string,
  { trackingUri, host }: Context,
): Promise<Results | null> {
  if (!isServer(trackingUri) || tags['mlflow.runType'] !== 'genai_evaluate') return null;
  const mlflow = connectMlflow(trackingUri, host.env, { signal: host.signal });
  const found = await mlflow.read('experiments/get-by-name', { experiment_name: experiment });
  const { experiment_id: id } = found.experiment as { experiment_id: string };
  const traces: Record<string, unknown>[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = (await mlflow.write(
      'traces/search',
      {
        locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: id } }],
        filter: `attributes.run_id = '${runId}'`,
        max_results: PAGE,
        ...(token === undefined ? {} : { page_token: token }),
      },
      { idempotent: true, version: '3.0' },
    )) as { traces?: Record<string, unknown>[]; next_page_token?: string };
    traces.push(...(answer.traces ?? []));
    token = answer.next_page_token || undefined;
    if (token === undefined) break;
  }
  return traces.length === 0 ? null : genaiResults(traces, source);
}

function isServer(uri: string | undefined): uri is string {
  return uri !== undefined && /^https?:\/\//.test(uri);
}
