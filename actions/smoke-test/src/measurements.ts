import type { Summary } from '@sluice/inference';

/**
 * What was measured, by the names that gates use. Percentiles are over all requests, failed ones counting as endless:
 * `Infinity` is then written as a text, since JSON has no word for it. What was not measured is left out.
 */
export function measurements(
  summary: Summary,
  memoryBytes: number | undefined,
): Record<string, number | 'Infinity'> {
  const values: Record<string, number | undefined> = {
    requests: summary.requests,
    error_rate: summary.errorRate,
    ttft_p50_ms: summary.ttft.p50,
    ttft_p99_ms: summary.ttft.p99,
    latency_p50_ms: summary.latency.p50,
    latency_p99_ms: summary.latency.p99,
    tpot_p50_ms: summary.tpotP50,
    tokens_per_second: summary.tokensPerSecond,
    memory_gb: memoryBytes === undefined ? undefined : memoryBytes / 1e9,
  };
  return Object.fromEntries(
    Object.entries(values)
      .filter((entry): entry is [string, number] => entry[1] !== undefined)
      .map(([name, value]) => [name, value === Infinity ? ('Infinity' as const) : rounded(value)]),
  );
}

/** Six significant digits: more would be noise. Counts stay whole. */
export const rounded = (value: number): number =>
  Number.isInteger(value) ? value : Number(value.toPrecision(6));
