/** ln Σ exp(x_i) without overflow; -Infinity for nothing. */
export function logSum(logs: readonly number[]): number {
  let largest = -Infinity;
  for (const x of logs) if (x > largest) largest = x;
  if (largest === -Infinity || largest === Infinity) return largest;
  let sum = 0;
  for (const x of logs) sum += Math.exp(x - largest);
  return largest + Math.log(sum);
}

/** ln of the mean of exp(x_i): the evidence of equally weighted bets. */
export function logMean(logs: readonly number[]): number {
  return logSum(logs) - Math.log(logs.length);
}

/** `count` numbers from `low` to `high` at equal ratios. */
export function logSpaced(low: number, high: number, count: number): number[] {
  const ratio = Math.log(high / low) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? high : low * Math.exp(ratio * i)));
}
