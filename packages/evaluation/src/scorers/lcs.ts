/** The table of longest common subsequences: row i, column j for the first i and j tokens; (a + 1) x (b + 1). */
export function lcsTable(a: Int32Array, b: Int32Array): Int32Array {
  const width = b.length + 1;
  const table = new Int32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    const token = a[i - 1];
    for (let j = 1, at = i * width + 1; j <= b.length; j++, at++) {
      if (token === b[j - 1]) table[at] = (table[at - width - 1] as number) + 1;
      else {
        const above = table[at - width] as number;
        const before = table[at - 1] as number;
        table[at] = Math.max(above, before);
      }
    }
  }
  return table;
}

/** The length of the longest common subsequence, in two rows. */
export function lcsLength(a: Int32Array, b: Int32Array): number {
  const row = new Int32Array(b.length + 1);
  for (let i = 0; i < a.length; i++) {
    const token = a[i];
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      if (token === b[j - 1]) row[j] = diagonal + 1;
      else if ((row[j - 1] as number) > above) row[j] = row[j - 1] as number;
      diagonal = above;
    }
  }
  return row[b.length] as number;
}

/** The positions in `a` of one longest common subsequence: the one that rouge_score's backtracking finds. */
export function lcsPositions(a: Int32Array, b: Int32Array): number[] {
  const table = lcsTable(a, b);
  const width = b.length + 1;
  const positions: number[] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      positions.push(i - 1);
      i--;
      j--;
    } else if ((table[i * width + j - 1] as number) > (table[(i - 1) * width + j] as number)) j--;
    else i--;
  }
  return positions.reverse();
}
