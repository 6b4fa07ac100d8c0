import { deviance } from './deviance.ts';
import { stirlingError } from './gamma.ts';

/** P(X = k) for X ~ Poisson(mean). Source: Loader (2000). */
export function poissonMass(k: number, mean: number): number {
  if (k < 0 || !Number.isInteger(k)) return 0;
  if (mean === 0) return k === 0 ? 1 : 0;
  if (k === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(k) - deviance(k, mean)) / Math.sqrt(2 * Math.PI * k);
}

function sumUpwards(k: number, mean: number): number {
  let term = poissonMass(k, mean);
  let sum = term;
  for (let i = k + 1; term > sum * 1e-17; i++) {
    term *= mean / i;
    sum += term;
  }
  return sum;
}

function sumDownwards(k: number, mean: number): number {
  let term = poissonMass(k, mean);
  let sum = term;
  for (let i = k; i > 0 && term > sum * 1e-17; i--) {
    term *= i / mean;
    sum += term;
  }
  return sum;
}

/** P(X >= k) for X ~ Poisson(mean). */
export function poissonTail(k: number, mean: number): number {
  const whole = Math.ceil(k);
  if (whole <= 0) return 1;
  if (mean === 0) return 0;
  return whole > mean ? sumUpwards(whole, mean) : 1 - sumDownwards(whole - 1, mean);
}

/** P(X <= k) for X ~ Poisson(mean). */
export function poissonCdf(k: number, mean: number): number {
  const whole = Math.floor(k);
  if (whole < 0) return 0;
  if (mean === 0) return 1;
  return whole < mean ? sumDownwards(whole, mean) : 1 - sumUpwards(whole + 1, mean);
}
