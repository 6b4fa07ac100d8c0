import { drawBinomial, type Generator, normalCdf } from '@sluice/statistics';
import type { Counts, Histogram, RoleMinute } from '../observations/minute.ts';
import { drawSteadyPoisson } from './poisson-table.ts';

/** Answers' durations: lognormal, in ms. */
export interface LatencyLaw {
  readonly p99: number;
  /** Standard deviation of the logarithm. */
  readonly sigma: number;
}

const Z99 = 2.3263478740408408;

/** Bucket bounds in ms, 10 % apart around the P99 and coarse elsewhere. */
export function boundsAround(p99: number): number[] {
  return [0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.5, 1.6, 1.75, 2, 2.5, 3, 4, 6, 8].map(
    (x) => Math.round(x * p99 * 100) / 100,
  );
}

/** The chance that an answer takes at most `ms`. */
export const latencyCdf = (ms: number, { p99, sigma }: LatencyLaw): number =>
  normalCdf(Math.log(ms / p99) / sigma + Z99);

/** What a version does in one minute. */
export interface Behaviour {
  readonly errorShare: number;
  /** Absent: no histogram is measured. */
  readonly latency?: LatencyLaw;
}

function drawHistogram(
  random: Generator,
  requests: number,
  law: LatencyLaw,
  bounds: readonly number[],
): Histogram {
  const cumulative: number[] = [];
  let [counted, share] = [0, 0];
  for (const bound of bounds) {
    const next = latencyCdf(bound, law);
    const left = 1 - share;
    if (left > 1e-12) counted += drawBinomial(random, requests - counted, Math.min(1, (next - share) / left));
    share = next;
    cumulative.push(counted);
  }
  return { bounds, cumulative };
}

/** Draws what one version served in one minute. */
export function drawCounts(
  random: Generator,
  mean: number,
  { errorShare, latency }: Behaviour,
  bounds: readonly number[],
): Counts {
  const requests = drawSteadyPoisson(random, mean);
  const errors = drawBinomial(random, requests, errorShare);
  return latency
    ? { requests, errors, latency: drawHistogram(random, requests, latency, bounds) }
    : { requests, errors };
}

/** A minute of both versions; `perMinute` is the mean number of requests of both, `share` the candidate's part, 0 to 1. */
export function drawMinute(
  random: Generator,
  start: number,
  perMinute: number,
  share: number,
  live: Behaviour,
  candidate: Behaviour,
  bounds: readonly number[],
): RoleMinute {
  return {
    start,
    live: drawCounts(random, perMinute * (1 - share), live, bounds),
    candidate: drawCounts(random, perMinute * share, candidate, bounds),
  };
}
