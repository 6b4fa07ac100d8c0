import { addHistograms, type Counts, type Histogram, quantile } from '../observations/minute.ts';

/** The sum over many intervals of what one version served. */
export interface Totals {
  readonly requests: number;
  readonly errors: number;
  /** `null` where no histogram came, or its buckets changed on the way. */
  readonly latency: Histogram | null;
}

export const NOTHING: Totals = { requests: 0, errors: 0, latency: null };

export function addTotals(sum: Totals, counts: Counts): Totals {
  if (counts.requests === 0) return sum;
  const latency =
    sum.requests === 0
      ? addHistograms([counts.latency])
      : addHistograms([sum.latency ?? undefined, counts.latency]);
  return {
    requests: sum.requests + counts.requests,
    errors: sum.errors + counts.errors,
    latency: latency ?? null,
  };
}

/** The figures that are recorded for a version; the P99 only where its histogram reaches that far. */
export function metricsOf({ requests, errors, latency }: Totals): Record<string, number> {
  const p99 = latency ? quantile(0.99, latency, requests) : undefined;
  return {
    requests,
    errors,
    ...(requests > 0 ? { 'error-rate': errors / requests } : {}),
    ...(p99 !== undefined && Number.isFinite(p99) ? { 'latency-p99-ms': p99 } : {}),
  };
}
