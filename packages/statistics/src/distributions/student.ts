import { betaCdf } from './beta.ts';
import { lnGamma } from './gamma.ts';
import { invertMonotone } from './inversion.ts';
import { normalQuantile, normalSurvival } from './normal.ts';

/**
 * P(T > t) for Student's t with `df` degrees of freedom, df > 0, not necessarily whole; `Infinity` is the normal law.
 *
 * Source: DLMF 8.17, P(|T| > t) = I_{df/(df+t²)}(df/2, ½).
 */
export function studentSurvival(t: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`Student's t needs df > 0, got ${df}`);
  if (df === Infinity) return normalSurvival(t);
  if (t === Infinity) return 0;
  if (t === -Infinity) return 1;
  const square = t * t;
  const tail = 0.5 * betaCdf(df / (df + square), df / 2, 0.5, square / (df + square));
  return t > 0 ? tail : 1 - tail;
}

/** P(T <= t). */
export function studentCdf(t: number, df: number): number {
  return studentSurvival(-t, df);
}

/** The t with P(T <= t) = p. */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`studentQuantile needs p in [0, 1], got ${p}`);
  if (!(df > 0)) throw new RangeError(`Student's t needs df > 0, got ${df}`);
  if (df === Infinity) return normalQuantile(p);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentQuantile(1 - p, df);
  const lnScale = lnGamma((df + 1) / 2) - lnGamma(df / 2) - 0.5 * Math.log(df * Math.PI);
  const slope = (t: number): number => Math.exp(lnScale - ((df + 1) / 2) * Math.log1p((t * t) / df));
  let low = -1;
  while (studentCdf(low, df) > p) low *= 4;
  return invertMonotone({ value: (t) => studentCdf(t, df), slope }, p, low, 0, normalQuantile(p));
}
