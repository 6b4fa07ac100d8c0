import { requireOpenUnit } from '../arguments.ts';
import { bisect } from '../distributions/inversion.ts';
import { normalDensity, normalQuantile, normalSurvival } from '../distributions/normal.ts';
import type { PairedCounts } from '../paired/counts.ts';
import { tangoStatistic } from '../paired/tango.ts';

/** The one-sided O'Brien-Fleming-type spending function: alpha spent by the information fraction t. */
export function obrienFlemingSpending(t: number, alpha: number): number {
  return t <= 0 ? 0 : t >= 1 ? alpha : 2 * normalSurvival(-normalQuantile(alpha / 2) / Math.sqrt(t));
}

const GRID = 600;
const REACH = 8.5;

/** Where Z is at a look on the paths that have not crossed: points, and the probability at each. */
type Paths = { readonly z: readonly number[]; readonly mass: readonly number[]; readonly fraction: number };

const START: Paths = { z: [0], mass: [1], fraction: 0 };

/** Z at information t given Z = z before: normal with mean `slope` z + `shift` and deviation `noise`. */
type Step = { readonly slope: number; readonly noise: number; readonly shift: number };

function stepTo({ fraction }: Paths, t: number, drift: number): Step {
  const slope = Math.sqrt(fraction / t);
  return {
    slope,
    noise: Math.sqrt(1 - fraction / t),
    shift: drift * (Math.sqrt(t) - slope * Math.sqrt(fraction)),
  };
}

function crossingChance({ z, mass }: Paths, { slope, noise, shift }: Step, bound: number): number {
  return z.reduce(
    (sum, from, i) => sum + (mass[i] as number) * normalSurvival((bound - shift - slope * from) / noise),
    0,
  );
}

/** The paths that stay under the bound, on a grid with Simpson's weights. */
function goOn(
  { z, mass }: Paths,
  { slope, noise, shift }: Step,
  bound: number,
  t: number,
  drift: number,
): Paths {
  const low = drift * Math.sqrt(t) - REACH;
  const high = Math.min(bound, low + 2 * REACH);
  const step = Math.max(0, high - low) / GRID;
  const points = Array.from({ length: GRID + 1 }, (_, i) => low + i * step);
  const masses = points.map((to, j) => {
    let density = 0;
    for (let i = 0; i < z.length; i++) {
      density += (mass[i] as number) * normalDensity((to - shift - slope * (z[i] as number)) / noise);
    }
    const weight = j === 0 || j === GRID ? 1 : j % 2 === 1 ? 4 : 2;
    return ((density / noise) * weight * step) / 3;
  });
  return { z: points, mass: masses, fraction: t };
}

/**
 * Upper bounds on Z at each planned look that spend `alpha` one-sided by the Lan-DeMets O'Brien-Fleming function.
 *
 * @param fractions information fractions, rising, the last 1
 * @returns one bound a look; `Infinity` where less than 1e-9 is to spend ("never")
 *
 * Sources: Lan & DeMets, Biometrika 70 (1983) 659-663; numerical integration as in Jennison & Turnbull (2000), ch. 19.
 */
export function lanDeMetsBounds(fractions: readonly number[], alpha: number): number[] {
  requireOpenUnit('alpha', alpha);
  if (fractions.length === 0 || fractions.some((t, i) => !(t > (fractions[i - 1] ?? 0) && t <= 1))) {
    throw new RangeError(`information fractions must rise within (0, 1], got ${fractions.join(', ')}`);
  }
  let spent = 0;
  let paths = START;
  return fractions.map((t) => {
    const wanted = obrienFlemingSpending(t, alpha) - spent;
    const step = stepTo(paths, t, 0);
    const started = paths;
    const bound =
      wanted < 1e-9 ? Infinity : bisect((x) => crossingChance(started, step, x) > wanted, -REACH, REACH);
    if (bound < Infinity) spent += wanted;
    paths = goOn(paths, step, bound, t, 0);
    return bound;
  });
}

/** `looks` equal information fractions. */
export function equalLooks(looks: number): number[] {
  return Array.from({ length: looks }, (_, i) => (i + 1) / looks);
}

/** The chance to have crossed the bounds by each look, when Z at the end has mean `drift` (0: the level itself). */
export function crossingProbabilities(
  fractions: readonly number[],
  bounds: readonly number[],
  drift: number,
): number[] {
  let crossed = 0;
  let paths = START;
  return fractions.map((t, look) => {
    const bound = bounds[look] ?? Infinity;
    const step = stepTo(paths, t, drift);
    crossed += crossingChance(paths, step, bound);
    paths = goOn(paths, step, bound, t, drift);
    return crossed;
  });
}

/**
 * What a planned look says about non-inferiority of paired 0/1 scores: approve above the bound, reject below its
 * mirror image, else go on.
 */
export function plannedLook(
  counts: PairedCounts,
  margin: number,
  bound: number,
): 'approve' | 'reject' | 'continue' {
  const z = tangoStatistic(counts, -margin);
  return z >= bound ? 'approve' : z <= -bound ? 'reject' : 'continue';
}
