import { betaCdf, betaQuantile } from './beta.ts';

/** P(F <= x) for Fisher's F with d1 and d2 degrees of freedom. */
export function fisherCdf(x: number, d1: number, d2: number): number {
  if (x <= 0) return 0;
  return betaCdf((d1 * x) / (d1 * x + d2), d1 / 2, d2 / 2, d2 / (d1 * x + d2));
}

/** The x with P(F <= x) = p. */
export function fisherQuantile(p: number, d1: number, d2: number): number {
  // The smaller side of the beta law keeps its digits.
  const x = betaQuantile(p, d1 / 2, d2 / 2);
  if (x < 0.5) return (d2 * x) / (d1 * (1 - x));
  const y = betaQuantile(1 - p, d2 / 2, d1 / 2);
  return (d2 * (1 - y)) / (d1 * y);
}
