/** An increasing function and its derivative. */
export type Monotone = { readonly value: (x: number) => number; readonly slope: (x: number) => number };

/**
 * The x in [low, high] at which an increasing function equals `target`: Newton's steps, kept inside a bracket that
 * halves whenever a step leaves it or shrinks it too slowly.
 */
export function invertMonotone(
  f: Monotone,
  target: number,
  low: number,
  high: number,
  start: number,
): number {
  let lower = low;
  let upper = high;
  let x = start > low && start < high ? start : (low + high) / 2;
  let width = Infinity;
  for (let i = 0; i < 400; i++) {
    const error = f.value(x) - target;
    if (error === 0) return x;
    if (error < 0) lower = x;
    else upper = x;
    const slope = f.slope(x);
    let next = x - error / slope;
    if (!(next > lower && next < upper) || (i % 3 === 2 && upper - lower > width / 2)) {
      // Geometric halving finds tiny roots in few steps; the roots apart, so that their product cannot underflow.
      next = lower > 0 && upper > 4 * lower ? Math.sqrt(lower) * Math.sqrt(upper) : (lower + upper) / 2;
      if (lower === 0 && upper > 0 && next > 1e-3 * upper) next = upper * 1e-3;
    }
    if (i % 3 === 2) width = upper - lower;
    if (Math.abs(next - x) <= 2.3e-16 * Math.abs(next) || next === lower || next === upper) return next;
    x = next;
  }
  return x;
}

/** The x in [low, high] where `isBelow` turns from true to false, by bisection to the last bit. */
export function bisect(isBelow: (x: number) => boolean, low: number, high: number): number {
  let lower = low;
  let upper = high;
  for (let i = 0; i < 200; i++) {
    const middle = (lower + upper) / 2;
    if (middle <= lower || middle >= upper) break;
    if (isBelow(middle)) lower = middle;
    else upper = middle;
  }
  return (lower + upper) / 2;
}
