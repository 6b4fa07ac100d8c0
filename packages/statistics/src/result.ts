/** A closed interval. `lower <= upper`; an unbounded side is `-Infinity` or `Infinity`. */
export type Interval = { readonly lower: number; readonly upper: number };

/** Which side of the null value the alternative lies on. */
export type Alternative = 'greater' | 'less' | 'two-sided';

/** Why the data cannot carry the test that was asked for. */
export type UndecidedReason =
  | 'no-data'
  | 'too-few-items'
  | 'too-few-clusters'
  | 'no-spread'
  | 'not-finite'
  | 'undefined-statistic';

/** The honest answer where an interval would be a lie, for example `[0, 0]` from ten identical pairs. */
export type Undecided = {
  readonly kind: 'undecided';
  readonly reason: UndecidedReason;
  readonly message: string;
};

export function undecided(reason: UndecidedReason, message: string): Undecided {
  return { kind: 'undecided', reason, message };
}

/** A test's statistic and p-value. */
export type TestResult = { readonly statistic: number; readonly pValue: number };
