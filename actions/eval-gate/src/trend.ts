import type { Context } from './context.ts';
import type { Judgement } from './judge.ts';
import { metricKey } from './keep.ts';
import { VERSION_TAG } from './register.ts';

/** A metric over the versions that were registered, oldest first; the candidate comes last. */
export interface Trend {
  readonly versions: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

const VERSIONS = 9;

/** The figures of the last registered versions; null where none is registered. A registry that is silent is no reason to fail. */
export async function trendOf(
  { inputs, tracker, host }: Context,
  { report, figures }: Judgement,
  run: string,
): Promise<Trend | null> {
  const name = inputs.register;
  if (name === undefined) return null;
  const metrics = [...new Set(report.gates.map((gate) => gate.metric))].filter(
    (metric) => figures[metric] !== undefined,
  );
  const versions = (await tracker.registry.versions(name)).slice(0, VERSIONS).reverse();
  const before = versions.filter((v) => v.runId !== undefined && v.runId !== run);
  if (before.length === 0 || metrics.length === 0) return null;
  const runs = await Promise.all(before.map((v) => tracker.getRun(v.runId as string).catch(() => undefined)));
  host.signal.throwIfAborted();
  return {
    versions: [...before.map((v) => v.tags[VERSION_TAG] ?? `version ${v.version}`), 'this candidate'],
    series: metrics.map((metric) => ({
      name: metric,
      values: [...runs.map((r) => r?.metrics[metricKey(metric)] ?? null), figures[metric] as number],
    })),
  };
}
