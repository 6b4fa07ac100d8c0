/** Rows that are sorted at once: what is left of 53 bits beside a word. */
const AT_ONCE = 2 ** 21;

/**
 * The rows of `size` digests of four words each, by their digests. More than two million of them are first dealt into shares by the
 * top of their first word, a share at a time: sorting all by a callback would take ten times as long and copy them into lists.
 *
 * @param atOnce so many are sorted without being dealt
 */
export function* inOrder(words: Uint32Array, size: number, atOnce = AT_ONCE): Generator<number> {
  if (size <= atOnce) {
    yield* sorted(
      words,
      Uint32Array.from({ length: size }, (_, row) => row),
      new Float64Array(size),
    );
    return;
  }
  const { rows, starts } = dealt(words, size);
  const largest = starts.reduce((most, start, i) => Math.max(most, start - (starts[i - 1] ?? 0)), 0);
  const scratch = new Float64Array(largest);
  for (let share = 0; share + 1 < starts.length; share++)
    yield* sorted(words, rows.subarray(starts[share], starts[share + 1]), scratch);
}

const SHARES = 4096;

const shareOf = (words: Uint32Array, row: number): number => (words[4 * row] as number) >>> 20;

function dealt(words: Uint32Array, size: number): { rows: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(SHARES + 1);
  for (let row = 0; row < size; row++) {
    const next = shareOf(words, row) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let share = 0; share < SHARES; share++)
    starts[share + 1] = (starts[share + 1] as number) + (starts[share] as number);
  const free = starts.slice();
  const rows = new Uint32Array(size);
  for (let row = 0; row < size; row++) {
    const share = shareOf(words, row);
    const at = free[share] as number;
    rows[at] = row;
    free[share] = at + 1;
  }
  return { rows, starts };
}

/** Sorts rows in place, and gives them back. `scratch` is at least as long. */
function sorted(words: Uint32Array, rows: Uint32Array, scratch: Float64Array): Uint32Array {
  const compare = (p: number, q: number): number => {
    for (let i = 0; i < 4; i++) {
      const d = (words[4 * p + i] as number) - (words[4 * q + i] as number);
      if (d !== 0) return d;
    }
    return 0;
  };
  if (rows.length > AT_ONCE) return rows.sort(compare);
  // first word and place share a double: numbers sort an order of magnitude faster than by a callback
  const packed = scratch.subarray(0, rows.length);
  for (let at = 0; at < rows.length; at++)
    packed[at] = (words[4 * (rows[at] as number)] as number) * AT_ONCE + at;
  packed.sort();
  for (let at = 0; at < packed.length; at++) packed[at] = rows[(packed[at] as number) % AT_ONCE] as number;
  rows.set(packed);
  const word = (at: number): number => words[4 * (rows[at] as number)] as number;
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && word(to) === word(from)) to++;
    if (to > from + 1) rows.subarray(from, to).sort(compare);
    from = to;
  }
  return rows;
}
