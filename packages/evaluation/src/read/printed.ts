/** How far a mean may lie from a figure that was rounded to the digits that it shows, two at least. Whoever rewrites results rounds. */
export function rounding(printed: number): number {
  const decimals = /\.(\d+)$/.exec(String(printed))?.[1]?.length ?? 0;
  // sums of many scores are rounded in another order
  return Math.max(1e-6 * Math.max(1, Math.abs(printed)), 0.5 * 10 ** -Math.max(2, decimals));
}
