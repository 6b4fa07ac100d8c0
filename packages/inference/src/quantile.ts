/**
 * Quantile with linear interpolation (Hyndman & Fan 1996, type 7; numpy's and vLLM's default). Infinite values count
 * as the largest: a failed request is slower than every other. Undefined for no values.
 */
export function quantile(values: readonly number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  if (low === high) return low;
  const share = at - Math.floor(at);
  return share === 0 ? low : low + (high - low) * share;
}
