import { join } from 'node:path';
import { type Digest, digest, type RunId } from '@sluice/contract';
import { type Results, writeNormalForm } from '@sluice/evaluation';
import { digestOf } from '@sluice/record';
import { keys, readRunInfo, writeRunInfo } from '@sluice/store';
import type { Context } from './context.ts';
import { definition } from './definition.ts';
import type { Judgement } from './judge.ts';
import type { Stored } from './statement.ts';

/** Keeps the candidate's results under the run, where a later baseline is read from, and its figures at the tracker. */
export async function keep(
  context: Context,
  run: RunId,
  { candidate, baseline, figures }: Judgement,
): Promise<Stored> {
  const { store, tracker, host } = context;
  const file = join(host.temp, 'candidate.jsonl.gz');
  const kept = await writeNormalForm(candidate, file);
  const key = keys.results(run, kept);
  if (!(await store.has(key))) await store.putFile(key, file);
  if (!(await readRunInfo(store, run))) {
    await writeRunInfo(store, {
      runId: run,
      madeBy: definition.name,
      createdAt: host.now().toISOString(),
      repository: host.source.repository,
      ...(host.source.commit === undefined ? {} : { commit: host.source.commit }),
      ...(context.trackingUri === undefined ? {} : { trackingUri: tracker.uri }),
    });
  }
  const timestamp = host.now().getTime();
  await tracker.logMetrics(
    run,
    Object.entries(figures).map(([key, value]) => ({ key: metricKey(key), value, step: 0, timestamp })),
  );
  const base = baseline ? await writeNormalForm(baseline, join(host.temp, 'baseline.jsonl.gz')) : undefined;
  return { candidate: kept, baseline: base, dataset: datasetOf(candidate) };
}

/** Trackers allow letters, digits, `_ - . /` and spaces in the name of a metric. */
export function metricKey(name: string): string {
  return name.replace(/@/g, '/').replace(/[^\w\-./ ]/g, '_');
}

function datasetOf(results: Results): Digest | undefined {
  const prints = results.tasks.flatMap(({ name, items }) =>
    items ? [`${name} ${items.fingerprint()}`] : [],
  );
  if (prints.length === 0) return undefined;
  return prints.length === 1
    ? digest.parse(`sha256:${(prints[0] as string).split(' ').at(-1)}`)
    : digestOf(prints.sort().join('\n'));
}
