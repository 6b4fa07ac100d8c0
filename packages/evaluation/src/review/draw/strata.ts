/**
 * How many of each stratum are drawn: as near to its share of all items as whole numbers allow, one at least, never more
 * than there are. Sums to `samples`, or to all items where there are fewer.
 *
 * @param sizes items of each stratum, each above 0; no more strata than samples
 */
export function allocate(sizes: readonly number[], samples: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = Math.min(samples, total);
  const drawn = sizes.map(() => 1);
  for (let left = wanted - sizes.length; left > 0; left--) {
    let neediest = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const [h, size] of sizes.entries()) {
      const lacking = (wanted * size) / total - (drawn[h] as number);
      if ((drawn[h] as number) < size && lacking > most) {
        most = lacking;
        neediest = h;
      }
    }
    drawn[neediest] = (drawn[neediest] as number) + 1;
  }
  return drawn;
}
