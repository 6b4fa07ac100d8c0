import { stirlingError } from './gamma.ts';

const TWO_PI = 2 * Math.PI;

/**
 * x ln(x / m) + m - x without cancellation, for x, m > 0.
 *
 * Source: Loader (2000), the deviance part of the saddle-point expansion.
 */
export function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * Γ(n+1) / (Γ(x+1) Γ(n-x+1)) p^x q^(n-x) for real x, n: the binomial mass, and the prefix of the incomplete beta
 * function. `q` is given apart from `p` so that neither loses digits near 1.
 *
 * Source: Loader (2000); about 1e-14 relative up to n of 1e9.
 */
export function binomialKernel(x: number, n: number, p: number, q: number): number {
  if (p <= 0) return x === 0 ? 1 : 0;
  if (q <= 0) return x === n ? 1 : 0;
  if (x === 0) return n === 0 ? 1 : Math.exp(p < 0.1 ? n * Math.log1p(-p) : n * Math.log(q));
  if (x === n) return Math.exp(q < 0.1 ? n * Math.log1p(-q) : n * Math.log(p));
  if (x < 0 || x > n) return 0;
  const y = n - x;
  const exponent =
    stirlingError(n) - stirlingError(x) - stirlingError(y) - deviance(x, n * p) - deviance(y, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (TWO_PI * x * y));
}
