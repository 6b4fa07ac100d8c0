/** What a rule says about one experiment. */
export type Decision = 'approve' | 'reject' | 'undecided';

/** Non-inferiority by two one-sided tests at `alpha`, the rule of the gates. */
export function decideBySides(pAbove: number, pBelow: number, alpha: number): Decision {
  if (pAbove <= alpha) return 'approve';
  return pBelow <= alpha ? 'reject' : 'undecided';
}

/** How often a rule said what. */
export type Tally = { approve: number; reject: number; undecided: number };

export function emptyTally(): Tally {
  return { approve: 0, reject: 0, undecided: 0 };
}

/** One rule in one cell, at a true regression of exactly the margin and at no change. */
export type RuleResult = {
  readonly cell: string;
  readonly rule: string;
  /** Approvals here are false. */
  readonly atMargin: Tally;
  /** Rejections here are false; approvals are power. */
  readonly unchanged: Tally;
};

/** How many experiments, and from which seed. */
export type Runs = { readonly runs: number; readonly seed: number };

export const ALPHA = 0.05;
