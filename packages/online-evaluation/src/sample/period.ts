/** A period that is sampled, Unix milliseconds: [from, to). */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/**
 * The periods that are over and were not scored yet, oldest first; each begins at a whole multiple of its length, the first one at
 * `begun`, if any of it is left.
 * @param newest time of the log's newest request, Unix milliseconds
 * @param now of the metrics: a line that is ahead of it, from a machine whose clock is wrong, ends no period
 * @param settle how long after its end lines of a period may still be written, milliseconds
 */
export function duePeriods(
  begun: number,
  newest: number,
  now: number,
  length: number,
  scored: readonly Period[],
  settle: number,
): Period[] {
  const clock = Math.min(newest, now);
  const done = new Set(scored.map(({ to }) => to));
  const due: Period[] = [];
  for (let to = (Math.floor(begun / length) + 1) * length; to + settle <= clock; to += length)
    if (!done.has(to)) due.push({ from: Math.max(begun, to - length), to });
  return due;
}
