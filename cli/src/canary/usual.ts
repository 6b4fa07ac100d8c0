import { UserError } from '@sluice/contract';
import { addTotals, type Baseline, type Minute, NOTHING, quantile } from '@sluice/rollout';

/** Standard normal quantile at .99: lognormal answers have their P99 that many sigma over the median. */
const Z99 = 2.326;
/** Width of a law whose body is not known. */
export const SIGMA = 0.5;

/** What the live version usually does: requests a second, the share of them that failed, and how long they took, where that was measured. */
export function usual(minutes: readonly Minute[], step: number): { rate: number; baseline: Baseline } {
  const all = minutes.reduce((n, m) => n + m.stable.requests + m.canary.requests, 0);
  if (all === 0) throw new UserError('the past that was given holds no requests; give another');
  const { requests, errors, latency } = minutes.reduce((sum, m) => addTotals(sum, m.stable), NOTHING);
  const [p50, p99] = [0.5, 0.99].map((q) => (latency ? quantile(q, latency, requests) : undefined));
  const timed = p50 && p99 && Number.isFinite(p99) ? { p50, p99 } : undefined;
  return {
    rate: (all * 1000) / (minutes.length * step),
    baseline: {
      errorShare: requests === 0 ? 0 : errors / requests,
      ...(timed
        ? { latency: { p99: timed.p99, sigma: Math.max(0.05, Math.log(timed.p99 / timed.p50) / Z99) } }
        : {}),
    },
  };
}
