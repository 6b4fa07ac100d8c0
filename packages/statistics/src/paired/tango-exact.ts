import { requireOpenUnit } from '../arguments.ts';
import { binomialMass, binomialTail } from '../distributions/binomial.ts';
import { bisect } from '../distributions/inversion.ts';
import { normalQuantile } from '../distributions/normal.ts';
import type { PairedCounts } from './counts.ts';
import { requirePairedCounts } from './counts.ts';
import { tangoInterval, tangoScore } from './tango.ts';

/** Outcomes with Z >= the bound, as the smallest number of gains for each number of losses (n + 1: none). */
function criticalGains(items: number, delta: number, bound: number): Int32Array {
  const critical = new Int32Array(items + 1).fill(items + 1);
  let start = 0;
  for (let losses = 0; losses <= items; losses++) {
    // Z rises with gains and falls with losses, so the boundary only moves up.
    let low = start;
    let high = items - losses + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tangoScore(items, middle, losses, delta) >= bound) high = middle;
      else low = middle + 1;
    }
    if (low > items - losses) break;
    critical[losses] = low;
    start = low;
  }
  return critical;
}

/** Standard deviations beyond which less than 1e-13 of a law lies. */
const FAR = 7.5;

/** P(outcome in the region) when the shares of gains and losses are given. */
function regionProbability(items: number, critical: Int32Array, gain: number, loss: number): number {
  const centre = items * loss;
  const reach = FAR * Math.sqrt(centre * (1 - loss)) + 20;
  const from = Math.max(0, Math.floor(centre - reach));
  const to = Math.min(items, Math.ceil(centre + reach));
  const conditional = loss < 1 ? Math.min(1, gain / (1 - loss)) : 0;
  let sum = 0;
  for (let losses = from; losses <= to; losses++) {
    const least = critical[losses] as number;
    if (least > items - losses) break;
    const mean = (items - losses) * conditional;
    const far = FAR * Math.sqrt(mean * (1 - conditional)) + 20;
    if (least > mean + far) continue;
    const tail = least < mean - far ? 1 : binomialTail(least, items - losses, conditional);
    sum += binomialMass(losses, items, loss) * tail;
  }
  return Math.min(1, sum);
}

const GRID = 160;

/** The largest value of a smooth function between two points, by golden section. */
function goldenMaximum(f: (x: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = from;
  let high = to;
  let best = 0;
  for (let i = 0; i < 12; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    const atLeft = f(left);
    const atRight = f(right);
    best = Math.max(best, atLeft, atRight);
    if (atLeft > atRight) high = right;
    else low = left;
  }
  return best;
}

/** The largest probability of the region over the discordant share ψ, at the difference δ. */
function largestOverDiscordance(items: number, critical: Int32Array, delta: number): number {
  const least = Math.abs(delta);
  const at = (psi: number): number =>
    regionProbability(items, critical, (psi + delta) / 2, (psi - delta) / 2);
  // The tail has many humps, the narrowest where discordance is rare: a grid that is dense there, then each high hump.
  const point = (i: number): number => least + (1 - least) * (i / GRID) ** 2.5;
  const values = Array.from({ length: GRID + 1 }, (_, i) => at(point(i)));
  const highest = Math.max(...values);
  let best = highest;
  for (const [i, value] of values.entries()) {
    const before = values[i - 1] ?? 0;
    const after = values[i + 1] ?? 0;
    if (value < highest * 0.97 || value < before || value < after) continue;
    best = Math.max(best, goldenMaximum(at, point(Math.max(0, i - 1)), point(Math.min(GRID, i + 1))));
  }
  return best;
}

function exactTail({ items, gains, losses }: PairedCounts, delta: number): number {
  const observed = tangoScore(items, gains, losses, delta);
  // A hair below, so that outcomes that tie with the observed one up to rounding are in the region.
  const critical = criticalGains(items, delta, observed - 1e-9 * Math.max(1, Math.abs(observed)));
  return largestOverDiscordance(items, critical, delta);
}

/**
 * p-value of "the difference is above `delta`" from the exact distribution of Tango's statistic: its tail at `delta`,
 * the largest over all discordant shares. Never under the truth, at any n; meant for n up to a few thousand.
 *
 * @param delta in (-1, 1)
 *
 * Source: the unconditional exact score test, Hsueh, Liu & Chen, Biometrics 57 (2001) 478-483.
 */
export function tangoExactAbove(counts: PairedCounts, delta: number): number {
  requirePairedCounts(counts);
  if (!(delta > -1 && delta < 1)) throw new RangeError(`delta must lie in (-1, 1), got ${delta}`);
  return exactTail(counts, delta);
}

/** `tangoExactAbove` at -margin: the exact test of non-inferiority. */
export function tangoExactNonInferiority(counts: PairedCounts, margin: number): number {
  return tangoExactAbove(counts, -margin);
}

/**
 * Where an increasing log-probability crosses a level, from the side that is under it: false position with a halving
 * every third step, to 1e-6, since one evaluation costs milliseconds.
 */
function crossing(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [atLow, atHigh] = [f(low), f(high)];
  for (let i = 0; i < 60 && high - low > 1e-6; i++) {
    const guess = low + ((high - low) * atLow) / (atLow - atHigh);
    const inside = guess > low && guess < high && i % 3 !== 2;
    const x = inside ? guess : (low + high) / 2;
    const value = f(x);
    if (value < 0) [low, atLow, atHigh] = [x, value, inside ? atHigh / 2 : atHigh];
    else [high, atHigh, atLow] = [x, value, inside ? atLow / 2 : atLow];
  }
  return low;
}

/** The lower bound of the difference that the exact tail test proves, one-sided at `alpha`. */
export function tangoExactLowerBound(counts: PairedCounts, alpha: number): number {
  requirePairedCounts(counts);
  requireOpenUnit('alpha', alpha);
  const estimate = (counts.gains - counts.losses) / counts.items;
  if (estimate <= -1) return -1;
  const excess = (delta: number): number => Math.log(Math.max(1e-300, exactTail(counts, delta)) / alpha);
  const near = tangoInterval(counts, 1 - 2 * alpha).lower;
  const below = near - (estimate - near) / 4;
  return crossing(excess, below > -1 && excess(below) < 0 ? below : -1 + 1e-12, estimate);
}

/** The upper bound of the difference, one-sided at `alpha`. */
export function tangoExactUpperBound(counts: PairedCounts, alpha: number): number {
  const mirrored = { items: counts.items, gains: counts.losses, losses: counts.gains };
  return -tangoExactLowerBound(mirrored, alpha);
}

/**
 * The largest chance, over all discordant shares, that Tango's asymptotic test at level `alpha` calls a candidate
 * non-inferior whose true difference is exactly `-margin`.
 */
export function tangoSize(items: number, margin: number, alpha: number): number {
  const critical = criticalGains(items, -margin, -normalQuantile(alpha));
  return largestOverDiscordance(items, critical, -margin);
}

/** The chance that Tango's test at `alpha` proves non-inferiority when truth has this discordance and difference. */
export function tangoPower(
  design: { readonly items: number; readonly margin: number; readonly alpha: number },
  truth: { readonly discordance: number; readonly difference: number },
): number {
  const critical = criticalGains(design.items, -design.margin, -normalQuantile(design.alpha));
  const { discordance, difference } = truth;
  if (Math.abs(difference) > discordance) throw new RangeError('|difference| cannot exceed the discordance');
  return regionProbability(
    design.items,
    critical,
    (discordance + difference) / 2,
    (discordance - difference) / 2,
  );
}

/** The smallest margin that Tango's test proves with the wanted power when the truth is no change. */
export function provableMargin(
  design: { readonly items: number; readonly alpha: number; readonly power: number },
  discordance: number,
): number {
  const unreached = (margin: number): boolean =>
    tangoPower({ ...design, margin }, { discordance, difference: 0 }) < design.power;
  return bisect(unreached, 1e-9, 1 - 1e-9);
}
