import type { Items } from '../results/items.ts';
import type { Series, Task } from '../results/results.ts';
import type { ScoreColumn } from '../results/score-column.ts';

/** Scores of a candidate and a baseline on the same items, in the candidate's order. */
export interface Pairs {
  /** The candidate's row of each pair. */
  readonly rows: Int32Array;
  readonly candidate: Float64Array;
  readonly baseline: Float64Array;
  readonly onlyInCandidate: number;
  readonly onlyInBaseline: number;
  /** Paired items of which a side has no score. */
  readonly withoutScore: number;
  /** All scores are 0 or 1. */
  readonly binary: boolean;
  /** Mean number of scores an item on each side, and the variance within an item; 0 without repeats. */
  readonly repeats: { readonly candidate: Repeats; readonly baseline: Repeats };
}

export interface Repeats {
  readonly perItem: number;
  readonly variance: number;
}

/** A task and one of its series. */
export interface Side {
  readonly task: Task;
  readonly series: Series;
}

/**
 * Joins two series by the items' keys: the sample id, else the digest of the content; never by position. Several
 * scores of an item count as one, their mean. Null when a side has no items.
 */
export function pair(candidate: Side, baseline: Side): Pairs | null {
  const [a, b] = [candidate.task.items, baseline.task.items];
  const [x, y] = [candidate.series.scores, baseline.series.scores];
  if (!a || !b || !x || !y) return null;
  const most = Math.min(a.size, b.size);
  const rows = new Int32Array(most);
  const left = new Float64Array(most);
  const right = new Float64Array(most);
  let n = 0;
  let both = 0;
  let binary = true;
  const others = a.rowsIn(b);
  for (let row = 0; row < a.size; row++) {
    const other = others[row] as number;
    if (other < 0) continue;
    both++;
    const p = x.mean(row);
    const q = y.mean(other);
    if (Number.isNaN(p) || Number.isNaN(q)) continue;
    binary &&= (p === 0 || p === 1) && (q === 0 || q === 1);
    rows[n] = row;
    left[n] = p;
    right[n] = q;
    n++;
  }
  return {
    rows: rows.subarray(0, n),
    candidate: left.subarray(0, n),
    baseline: right.subarray(0, n),
    onlyInCandidate: a.size - both,
    onlyInBaseline: b.size - both,
    withoutScore: both - n,
    binary,
    repeats: { candidate: repeatsOf(a, x), baseline: repeatsOf(b, y) },
  };
}

/** Rows of the same items on both sides whose counts of a corpus figure are known. */
export interface CorpusPairs {
  readonly candidate: Int32Array;
  readonly baseline: Int32Array;
  readonly onlyInCandidate: number;
  readonly onlyInBaseline: number;
  readonly withoutScore: number;
}

/** Joins the counts of two corpus figures of one kind; null when a side has none. */
export function pairCorpora(candidate: Side, baseline: Side): CorpusPairs | null {
  const [a, b] = [candidate.task.items, baseline.task.items];
  const [x, y] = [candidate.series.corpus, baseline.series.corpus];
  if (!a || !b || !x || !y || x.kind !== y.kind) return null;
  const mine: number[] = [];
  const theirs: number[] = [];
  let both = 0;
  const others = a.rowsIn(b);
  for (let row = 0; row < a.size; row++) {
    const other = others[row] as number;
    if (other < 0) continue;
    both++;
    if (!x.has(row) || !y.has(other)) continue;
    mine.push(row);
    theirs.push(other);
  }
  return {
    candidate: Int32Array.from(mine),
    baseline: Int32Array.from(theirs),
    onlyInCandidate: a.size - both,
    onlyInBaseline: b.size - both,
    withoutScore: both - mine.length,
  };
}

/** Scores of one side alone. */
export interface Scores {
  readonly rows: Int32Array;
  readonly values: Float64Array;
  readonly withoutScore: number;
  readonly binary: boolean;
}

/** The items' scores of one series; null when it has no items. */
export function scoresOf({ task, series }: Side): Scores | null {
  const { items } = task;
  const { scores } = series;
  if (!items || !scores) return null;
  const rows = new Int32Array(items.size);
  const values = new Float64Array(items.size);
  let n = 0;
  let binary = true;
  for (let row = 0; row < items.size; row++) {
    const mean = scores.mean(row);
    if (Number.isNaN(mean)) continue;
    binary &&= mean === 0 || mean === 1;
    rows[n] = row;
    values[n++] = mean;
  }
  return { rows: rows.subarray(0, n), values: values.subarray(0, n), withoutScore: items.size - n, binary };
}

function repeatsOf(items: Items, scores: ScoreColumn): Repeats {
  let scored = 0;
  let total = 0;
  let variance = 0;
  let repeated = 0;
  for (let row = 0; row < items.size; row++) {
    const k = scores.count(row);
    if (k === 0) continue;
    scored++;
    total += k;
    if (k > 1) {
      variance += scores.variance(row);
      repeated++;
    }
  }
  return { perItem: scored === 0 ? 0 : total / scored, variance: repeated === 0 ? 0 : variance / repeated };
}
