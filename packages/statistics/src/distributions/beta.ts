import { binomialKernel } from './deviance.ts';
import { invertMonotone } from './inversion.ts';

/**
 * The continued fraction of I_x(a, b) over x^a y^b / B(a, b), in its contracted form, which does not cancel where x is
 * close to 1 and a is large. Source: Didonato & Morris, ACM TOMS 18 (1992), algorithm 708, BFRAC.
 */
function continuedFraction(x: number, y: number, a: number, b: number): number {
  const c = 1 + (x > 0.5 ? (a + b) * y - b : a - (a + b) * x);
  const c0 = b / a;
  const c1 = 1 + 1 / a;
  let p = 1;
  let s = a + 1;
  let topBefore = 0;
  let bottomBefore = 1;
  let bottom = c / c1;
  let top = 1;
  let ratio = c1 / c;
  for (let n = 1; n <= 100_000; n++) {
    const t = n / a;
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + c0) * e * e * w * x;
    const beta = n + w / s + ((1 + t) / (c1 + t + t)) * (c + n * (1 + y));
    p = 1 + t;
    s += 2;
    const nextTop = alpha * topBefore + beta * top;
    const nextBottom = alpha * bottomBefore + beta * bottom;
    const next = nextTop / nextBottom;
    topBefore = top / nextBottom;
    bottomBefore = bottom / nextBottom;
    top = next;
    bottom = 1;
    const settled = Math.abs(next - ratio) <= 2e-16 * next;
    ratio = next;
    if (settled) break;
  }
  return ratio;
}

function lowerSide(a: number, b: number, x: number, y: number): number {
  return ((binomialKernel(a, a + b, x, y) * a * b) / (a + b)) * continuedFraction(x, y, a, b);
}

function clampUnit(x: number): number {
  return x < 0 ? 0 : Math.min(x, 1);
}

/**
 * The regularised incomplete beta function I_x(a, b): P(Beta(a, b) <= x).
 *
 * @param y 1 - x, given where the caller knows it more exactly than the subtraction does
 *
 * Source: algorithm 708's continued fraction, Loader's kernel as its prefix.
 */
export function betaCdf(x: number, a: number, b: number, y = 1 - x): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`betaCdf needs a, b > 0, got ${a}, ${b}`);
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x * (a + b + 2) <= a + 1) return clampUnit(lowerSide(a, b, x, y));
  return clampUnit(1 - lowerSide(b, a, y, x));
}

/** 1 - I_x(a, b) without cancellation. */
export function betaSurvival(x: number, a: number, b: number, y = 1 - x): number {
  return betaCdf(y, b, a, x);
}

/** The x with I_x(a, b) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`betaQuantile needs p in [0, 1], got ${p}`);
  if (p === 0 || p === 1) return p;
  const density = (x: number): number =>
    (binomialKernel(a, a + b, x, 1 - x) * a * b) / ((a + b) * x * (1 - x));
  return invertMonotone({ value: (x) => betaCdf(x, a, b), slope: density }, p, 0, 1, a / (a + b));
}
