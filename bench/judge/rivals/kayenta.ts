import { drawNormal, type Generator, normalQuantile } from '@sluice/statistics';
import type { Rival } from './rival.ts';

const LEVEL = 0.98;
const TOLERANCE = 0.25;
const NOISE = 1e-5;

/** The interval of the location shift between two samples by inverting the Mann-Whitney test, and its Hodges-Lehmann estimate. */
export function locationShift(experiment: readonly number[], control: readonly number[]) {
  const shifts = experiment.flatMap((x) => control.map((y) => x - y)).sort((a, b) => a - b);
  const [n, m] = [experiment.length, control.length];
  const spread = Math.sqrt((n * m * (n + m + 1)) / 12);
  const rank = Math.max(0, Math.floor((n * m) / 2 - normalQuantile(1 - (1 - LEVEL) / 2) * spread));
  const at = (i: number) => shifts[Math.min(shifts.length - 1, Math.max(0, i))] as number;
  return { low: at(rank), high: at(shifts.length - 1 - rank), estimate: at(Math.floor(shifts.length / 2)) };
}

/**
 * Kayenta's NetflixACAJudge (a69573b): once in `interval` minutes both series of error shares, a value a minute, are compared by the 98 % interval of
 * their location shift; High where its lower bound is over 0.25 x |estimate|. One critical metric, so High means a score of 0. Ties get Gaussian noise.
 */
export function kayenta(random: Generator, interval = 60): Rival {
  let [live, candidate]: [number[], number[]] = [[], []];
  let minutes = 0;
  const noisy = (share: number) => share + NOISE * drawNormal(random);
  return (minute) => {
    minutes += 1;
    if (minute.live.requests > 0) live.push(noisy(minute.live.errors / minute.live.requests));
    if (minute.candidate.requests > 0)
      candidate.push(noisy(minute.candidate.errors / minute.candidate.requests));
    if (minutes < interval) return false;
    const enough = live.length > 1 && candidate.length > 1;
    const shift = enough ? locationShift(candidate, live) : undefined;
    minutes = 0;
    [live, candidate] = [[], []];
    return shift !== undefined && shift.low > TOLERANCE * Math.abs(shift.estimate) && shift.estimate > 0;
  };
}
