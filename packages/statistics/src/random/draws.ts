import { binomialMass } from '../distributions/binomial.ts';
import { lnChoose } from '../distributions/gamma.ts';
import { normalQuantile } from '../distributions/normal.ts';
import { poissonMass } from '../distributions/poisson.ts';
import type { Generator } from './generator.ts';

/** A law on whole numbers by its mode and the ratios of neighbouring masses. */
type Unimodal = {
  readonly mode: number;
  readonly massAtMode: number;
  readonly lowest: number;
  readonly highest: number;
  /** mass(k + 1) / mass(k) */
  readonly ratio: (k: number) => number;
};

/** Inversion outwards from the mode: about as many steps as the law's standard deviation. */
function drawFromMode(law: Unimodal, u: number): number {
  let left = u - law.massAtMode;
  if (left <= 0) return law.mode;
  let up = law.mode;
  let down = law.mode;
  let upMass = law.massAtMode;
  let downMass = law.massAtMode;
  while (up < law.highest || down > law.lowest) {
    if (up < law.highest) {
      upMass *= law.ratio(up++);
      left -= upMass;
      if (left <= 0) return up;
    }
    if (down > law.lowest) {
      downMass /= law.ratio(--down);
      left -= downMass;
      if (left <= 0) return down;
    }
    if (upMass + downMass < 1e-18) break;
  }
  // Rounding left a crumb of probability: the mode is as good as any.
  return law.mode;
}

/** Means up to which walking up from 0 is cheaper than finding the mode. */
const SMALL_MEAN = 12;

/** Inversion upwards from 0. */
function drawFromZero(massAtZero: number, ratio: (k: number) => number, highest: number, u: number): number {
  let left = u - massAtZero;
  let mass = massAtZero;
  let k = 0;
  while (left > 0 && k < highest && mass > 1e-18) {
    mass *= ratio(k++);
    left -= mass;
  }
  return k;
}

/** A draw from Binomial(n, p). */
export function drawBinomial(random: Generator, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const ratio = (k: number): number => ((n - k) / (k + 1)) * odds;
  if (n * p < SMALL_MEAN) return drawFromZero(Math.exp(n * Math.log1p(-p)), ratio, n, random.uniform());
  return drawFromMode(
    { mode, massAtMode: binomialMass(mode, n, p), lowest: 0, highest: n, ratio },
    random.uniform(),
  );
}

/** A draw from Poisson(mean). */
export function drawPoisson(random: Generator, mean: number): number {
  if (mean <= 0) return 0;
  if (mean < SMALL_MEAN) {
    return drawFromZero(Math.exp(-mean), (k) => mean / (k + 1), Infinity, random.uniform());
  }
  const mode = Math.floor(mean);
  const law = { mode, massAtMode: poissonMass(mode, mean), lowest: 0, highest: Infinity };
  return drawFromMode({ ...law, ratio: (k) => mean / (k + 1) }, random.uniform());
}

/** How many marked ones are among `draws` taken without replacement from `marked` and `unmarked` ones. */
export function drawHypergeometric(
  random: Generator,
  marked: number,
  unmarked: number,
  draws: number,
): number {
  const total = marked + unmarked;
  if (draws > total) throw new RangeError(`cannot draw ${draws} of ${total}`);
  const lowest = Math.max(0, draws - unmarked);
  const highest = Math.min(draws, marked);
  if (lowest === highest) return lowest;
  const peak = Math.floor(((draws + 1) * (marked + 1)) / (total + 2));
  const mode = Math.min(highest, Math.max(lowest, peak));
  const lnMass = lnChoose(marked, mode) + lnChoose(unmarked, draws - mode) - lnChoose(total, draws);
  const ratio = (k: number): number => ((marked - k) * (draws - k)) / ((k + 1) * (unmarked - draws + k + 1));
  return drawFromMode({ mode, massAtMode: Math.exp(lnMass), lowest, highest, ratio }, random.uniform());
}

/** A draw from the standard normal law. */
export function drawNormal(random: Generator): number {
  return normalQuantile(random.uniform());
}

/** How many independent tries until the first success, 1 at least. */
export function drawGeometric(random: Generator, p: number): number {
  return p >= 1 ? 1 : Math.max(1, Math.ceil(Math.log(random.uniform()) / Math.log1p(-p)));
}

/** A draw from Gamma(shape, 1). Source: Marsaglia & Tsang, ACM TOMS 26 (2000). */
export function drawGamma(random: Generator, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from Beta(a, b). */
export function drawBeta(random: Generator, a: number, b: number): number {
  const x = drawGamma(random, a);
  const y = drawGamma(random, b);
  return x + y > 0 ? x / (x + y) : random.uniform() < a / (a + b) ? 1 : 0;
}

/** The numbers 0 .. n - 1 in a random order (Fisher-Yates). */
export function permutation(random: Generator, n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
