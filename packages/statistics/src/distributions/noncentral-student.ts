import { lnGamma } from './gamma.ts';
import { normalCdf, normalSurvival } from './normal.ts';

const STEPS = 2000;

/**
 * P(T > t) for the noncentral t law: the mean of Φ(δ - t s) over s = √(χ²_df / df), by Simpson's rule on the range of s
 * that carries the law.
 */
export function noncentralStudentSurvival(t: number, df: number, noncentrality: number): number {
  if (df === Infinity) return normalSurvival(t - noncentrality);
  const lnScale = Math.log(2) + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
  const reach = 12 / Math.sqrt(2 * df);
  const from = Math.max(0, 1 - reach);
  const to = 1 + reach + 4 / df;
  const step = (to - from) / STEPS;
  let sum = 0;
  for (let i = 0; i <= STEPS; i++) {
    const s = from + i * step;
    const density = s > 0 ? Math.exp(lnScale + (df - 1) * Math.log(s) - (df * s * s) / 2) : 0;
    const weight = i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * density * normalCdf(noncentrality - t * s);
  }
  return Math.min(1, (sum * step) / 3);
}
