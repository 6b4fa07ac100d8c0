/** Edit distance with swapped neighbours (optimal string alignment), for names of a few dozen characters. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1] as number[];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        (row[j - 1] as number) + 1,
        (above[j] as number) + 1,
        (above[j - 1] as number) + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}

/** The valid name that a misspelt one most likely means, or nothing where none is near. */
export function nearest(given: string, valid: readonly string[]): string | undefined {
  const plain = (s: string) => s.toLowerCase().replaceAll('_', '-');
  const wanted = plain(given).slice(0, 64);
  let best: { name: string; d: number } | undefined;
  for (const name of valid) {
    const d = distance(wanted, plain(name));
    if (!best || d < best.d) best = { name, d };
  }
  return best && best.d <= Math.max(1, Math.floor(Math.min(wanted.length, best.name.length) / 3))
    ? best.name
    : undefined;
}
