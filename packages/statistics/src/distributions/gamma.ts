const LN_SQRT_2PI = 0.9189385332046728;

// B(2k) / (2k (2k - 1)), the coefficients of Stirling's series.
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
] as const;

const SERIES_FROM = 16;

function stirlingSeries(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * square + (STIRLING[k] as number);
  return sum * inverse;
}

/**
 * ln Γ(x) for x > 0, to about 1e-15 absolute below 16 and relative above.
 *
 * Source: Stirling's series (Abramowitz & Stegun 6.1.41) after shifting x to at least 16.
 */
export function lnGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`lnGamma needs x > 0, got ${x}`);
  let shifted = x;
  let product = 1;
  while (shifted < SERIES_FROM) {
    product *= shifted;
    shifted += 1;
  }
  const tail = (shifted - 0.5) * Math.log(shifted) - shifted + LN_SQRT_2PI + stirlingSeries(shifted);
  return tail - Math.log(product);
}

function exactStirlingError(x: number): number {
  return lnGamma(x + 1) - (x + 0.5) * Math.log(x) + x - LN_SQRT_2PI;
}

const AT_WHOLE_NUMBERS = Float64Array.from({ length: SERIES_FROM }, (_, x) => exactStirlingError(x || 1));

/**
 * What Stirling's formula leaves: ln Γ(x + 1) - (x + ½) ln x + x - ln √(2π), x > 0.
 *
 * Source: Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */
export function stirlingError(x: number): number {
  if (x >= SERIES_FROM) return stirlingSeries(x);
  return Number.isInteger(x) ? (AT_WHOLE_NUMBERS[x] as number) : exactStirlingError(x);
}

/** ln B(a, b) for a, b > 0. */
export function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b);
}

/** ln of the binomial coefficient `n over k`. */
export function lnChoose(n: number, k: number): number {
  return lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
}
