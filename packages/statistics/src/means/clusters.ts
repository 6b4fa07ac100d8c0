/** Sizes and sums of clusters, in order of first appearance; both arrays have one entry a cluster. */
export type ClusterSums = { readonly sizes: Float64Array; readonly sums: Float64Array };

/**
 * Adds up values by cluster.
 *
 * @param clusters the cluster of each value: any labels, same length as `values`
 */
export function clusterSums(values: ArrayLike<number>, clusters: ArrayLike<string | number>): ClusterSums {
  if (values.length !== clusters.length) {
    throw new RangeError(`${values.length} values but ${clusters.length} cluster labels`);
  }
  const index = new Map<string | number, number>();
  const sizes: number[] = [];
  const sums: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const label = clusters[i] as string | number;
    let g = index.get(label);
    if (g === undefined) {
      g = sizes.length;
      index.set(label, g);
      sizes.push(0);
      sums.push(0);
    }
    sizes[g] = (sizes[g] as number) + 1;
    sums[g] = (sums[g] as number) + (values[i] as number);
  }
  return { sizes: Float64Array.from(sizes), sums: Float64Array.from(sums) };
}
