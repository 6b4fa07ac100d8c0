/** Size, mean and the sum of squared deviations of a sample. */
export type Moments = { readonly n: number; readonly mean: number; readonly squares: number };

/** Two passes, the second corrected, so that a large mean costs no digits. */
export function moments(values: ArrayLike<number>): Moments {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < n; i++) {
    const deviation = (values[i] as number) - mean;
    squares += deviation * deviation;
    rest += deviation;
  }
  return { n, mean, squares: Math.max(0, squares - (rest * rest) / n) };
}

/** The spread that rounding alone can leave in a sample whose values are all the same. */
export function isConstant({ n, mean, squares }: Moments): boolean {
  return squares <= n * (mean * 1e-14) ** 2;
}
