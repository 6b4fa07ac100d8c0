const SQRT_32 = Math.sqrt(32);
const ONE_OVER_SQRT_2PI = 0.3989422804014327;

const A = [
  2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356, 0.06568233791820745,
] as const;
const B = [47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673] as const;
const C = [
  0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002, 2494.5375852903726,
  6848.190450536283, 11602.65143764735, 9842.714838383978, 1.0765576773720192e-8,
] as const;
const D = [
  22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
  34900.95272114598, 38912.00328609327, 19685.429676859992,
] as const;
const P = [
  0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934, 2.9112874951168793e-5,
  0.023073441764940174,
] as const;
const Q = [
  1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 7.297515550839662e-5,
] as const;

/** exp(-x²/2) with the square split in two, so that a large x keeps its digits. */
function gaussian(x: number): number {
  const rounded = Math.trunc(x * 16) / 16;
  return Math.exp((-rounded * rounded) / 2) * Math.exp((-(x - rounded) * (x + rounded)) / 2);
}

function upperTail(x: number): number {
  if (x > 38.6) return 0;
  if (x < SQRT_32) {
    let numerator = C[8] * x;
    let denominator = x;
    for (let i = 0; i < 7; i++) {
      numerator = (numerator + (C[i] as number)) * x;
      denominator = (denominator + (D[i] as number)) * x;
    }
    return (gaussian(x) * (numerator + C[7])) / (denominator + D[7]);
  }
  const square = 1 / (x * x);
  let numerator = P[5] * square;
  let denominator = square;
  for (let i = 0; i < 4; i++) {
    numerator = (numerator + (P[i] as number)) * square;
    denominator = (denominator + (Q[i] as number)) * square;
  }
  const rational = (square * (numerator + P[4])) / (denominator + Q[4]);
  return (gaussian(x) * (ONE_OVER_SQRT_2PI - rational)) / x;
}

/** Φ(x), to about 1e-15 relative. Source: Cody, Math. Comp. 23 (1969) 631-637. */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.67448975) {
    const square = x * x;
    let numerator = A[4] * square;
    let denominator = square;
    for (let i = 0; i < 3; i++) {
      numerator = (numerator + (A[i] as number)) * square;
      denominator = (denominator + (B[i] as number)) * square;
    }
    return 0.5 + (x * (numerator + A[3])) / (denominator + B[3]);
  }
  const tail = upperTail(size);
  return x < 0 ? tail : 1 - tail;
}

/** 1 - Φ(x) without cancellation. */
export function normalSurvival(x: number): number {
  return normalCdf(-x);
}

/** φ(x), the standard normal density. */
export function normalDensity(x: number): number {
  return ONE_OVER_SQRT_2PI * Math.exp((-x * x) / 2);
}

const CENTRE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const MIDDLE = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const FAR = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

function rational(
  [numerator, denominator]: readonly [readonly number[], readonly number[]],
  x: number,
): number {
  let top = 0;
  let bottom = 0;
  for (let i = 7; i >= 0; i--) {
    top = top * x + (numerator[i] as number);
    bottom = bottom * x + (denominator[i] as number);
  }
  return top / bottom;
}

/** Φ⁻¹(p), to about 1e-15 relative. Source: Wichura, AS 241, Applied Statistics 37 (1988) 477-484. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile needs p in [0, 1], got ${p}`);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size = r <= 5 ? rational(MIDDLE, r - 1.6) : rational(FAR, r - 5);
  return q < 0 ? -size : size;
}
