/** KL divergence of two Bernoulli laws, ln. */
const divergence = (p: number, q: number) => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));

/** Wald: no test with that chance of a false alarm finds `fault` against `usual` in fewer requests on average. */
export const waldRequests = (fault: number, usual: number, alpha: number): number =>
  Math.log(1 / alpha) / divergence(fault, usual);
