import { drawBinomial, type Generator, normalCdf } from '@sluice/statistics';
import type { Counts, RoleMinute } from '../observations/minute.ts';
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

const known = new WeakMap<readonly number[], Map<string, Float64Array>>();

/** The chance of each bucket, and last of all that above them, remembered by law. */
function bucketShares(law: LatencyLaw, bounds: readonly number[]): Float64Array {
  const laws = known.get(bounds) ?? new Map<string, Float64Array>();
  known.set(bounds, laws);
  const key = `${law.p99}|${law.sigma}`;
  let shares = laws.get(key);
  if (!shares) {
    const ends = [0, ...bounds.map((bound) => latencyCdf(bound, law)), 1];
    shares = Float64Array.from({ length: bounds.length + 1 }, (_, i) =>
      Math.max(0, (ends[i + 1] as number) - (ends[i] as number)),
    );
    laws.set(key, shares);
  }
  return shares;
}

const nothing = new WeakMap<readonly number[], Counts>();

function nothingServed(bounds: readonly number[]): Counts {
  let counts = nothing.get(bounds);
  if (!counts) {
    counts = { requests: 0, errors: 0, latency: { bounds, cumulative: bounds.map(() => 0) } };
    nothing.set(bounds, counts);
  }
  return counts;
}

/** Draws what one version served in one minute. Poisson arrivals fall into buckets independently, so each bucket is drawn by itself. */
export function drawCounts(
  random: Generator,
  mean: number,
  { errorShare, latency }: Behaviour,
  bounds: readonly number[],
): Counts {
  if (!latency) {
    const requests = drawSteadyPoisson(random, mean);
    return { requests, errors: drawBinomial(random, requests, errorShare) };
  }
  if (mean <= 0) return nothingServed(bounds);
  const shares = bucketShares(latency, bounds);
  const cumulative = new Array<number>(bounds.length);
  let requests = 0;
  for (let i = 0; i < shares.length; i++) {
    requests += drawSteadyPoisson(random, mean * (shares[i] as number));
    if (i < cumulative.length) cumulative[i] = requests;
  }
  return {
    requests,
    errors: drawBinomial(random, requests, errorShare),
    latency: { bounds, cumulative },
  };
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
