/** Mean squared error. */
export function meanSquaredError(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  return meanOf(predicted.length, (i) => ((predicted[i] as number) - (truth[i] as number)) ** 2);
}

/** Mean absolute error. */
export function meanAbsoluteError(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  return meanOf(predicted.length, (i) => Math.abs((predicted[i] as number) - (truth[i] as number)));
}

/**
 * Log loss of 0/1 truths, probabilities of 1 clipped at float64 epsilon: one sure error of two is 18.021826694558577.
 * Equal to scikit-learn's `log_loss`.
 */
export function logLoss(probabilities: ArrayLike<number>, truth: ArrayLike<number>): number {
  return meanOf(probabilities.length, (i) => {
    const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probabilities[i] as number));
    return -Math.log(truth[i] === 1 ? p : 1 - p);
  });
}

function meanOf(n: number, at: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += at(i);
  return sum / n;
}
