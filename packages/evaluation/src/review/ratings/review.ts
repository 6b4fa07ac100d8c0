import { type Digest, digest, UserError } from '@sluice/contract';
import { type ReviewForm, ratingOf, ratingWords } from '../form.ts';
import type { ReviewKey } from '../key.ts';
import type { RatingRow } from './read-ratings.ts';

/** An item of the sample with what each reviewer said, in the order of `Review.reviewers`; null: nothing. */
export interface ReviewedItem {
  readonly task: string;
  /** The item's key in its results. */
  readonly key: string;
  readonly stratum: string;
  /** Both versions gave the same answer. */
  readonly identical: boolean;
  /** Digest of each version's answer. */
  readonly answers: { readonly candidate: string; readonly baseline: string | null };
  /** Pairs: 1 where this version was preferred, else 0. Other forms: the rating of its answer. */
  readonly candidate: readonly (number | null)[];
  /** Empty where the sample holds no baseline. */
  readonly baseline: readonly (number | null)[];
}

/** What people said of a sample, with the versions known again. */
export interface Review {
  readonly form: ReviewForm;
  readonly sample: Digest;
  readonly reviewers: readonly string[];
  readonly items: readonly ReviewedItem[];
  /** Items that there are of each stratum. */
  readonly strata: ReadonlyMap<string, number>;
  /** Digests over the answers of the results that the sample was drawn from. */
  readonly candidateAnswers: Digest;
  readonly baselineAnswers: Digest | null;
}

/** How many problems are named at once. */
const MOST_PROBLEMS = 10;

/**
 * Joins ratings with the key.
 * @throws UserError that names every rating of another sample, of an unknown card, given twice, or that is no rating
 */
export function reviewOf(key: ReviewKey, given: readonly RatingRow[]): Review {
  const rows = oneSpelling(given);
  const cards = new Set(key.cards.map((card) => card.id));
  const reviewers = [...new Set(rows.map((row) => row.reviewer))].sort();
  const rated = new Map<string, RatingRow & { readonly value: number | null }>();
  const problems: string[] = [];
  for (const row of rows) {
    const value = row.rating === '' ? null : ratingOf(key.form, row.rating);
    const id = JSON.stringify([row.reviewer, row.card]);
    const before = rated.get(id);
    if (row.sample !== key.sample)
      problems.push(`${row.where}: rates another sample (${row.sample || 'none'})`);
    else if (!cards.has(row.card)) problems.push(`${row.where}: the sample has no card "${row.card}"`);
    else if (before)
      problems.push(`${row.where}: ${row.reviewer} rates card ${row.card} again (${before.where})`);
    else if (value === null && row.rating !== '')
      problems.push(
        `${row.where}: "${row.rating}" is no rating (allowed: ${ratingWords(key.form).join(', ')})`,
      );
    else rated.set(id, { ...row, value });
  }
  if (problems.length > 0) {
    const more = problems.length - MOST_PROBLEMS;
    const shown = problems.slice(0, MOST_PROBLEMS).join('\n');
    throw new UserError(
      `review: the ratings do not fit the key of sample ${key.sample}\n${shown}${more > 0 ? `\nand ${more} more` : ''}`,
    );
  }
  const said = (card: string): (number | null)[] =>
    reviewers.map((reviewer) => rated.get(JSON.stringify([reviewer, card]))?.value ?? null);
  return {
    form: key.form,
    sample: digest.parse(key.sample),
    reviewers,
    items: itemsOf(key, said),
    strata: new Map(key.strata.map(({ name, items }) => [name, items])),
    candidateAnswers: digest.parse(key.candidate.answers),
    baselineAnswers: key.baseline && digest.parse(key.baseline.answers),
  };
}

/** A name in another case is the same person's, by its first spelling: nobody is two reviewers. */
function oneSpelling(rows: readonly RatingRow[]): RatingRow[] {
  const spellings = new Map<string, string>();
  return rows.map((row) => {
    const folded = row.reviewer.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
    const reviewer = spellings.get(folded) ?? row.reviewer;
    spellings.set(folded, reviewer);
    return { ...row, reviewer };
  });
}

function itemsOf(key: ReviewKey, said: (card: string) => (number | null)[]): ReviewedItem[] {
  const nobody = said('');
  const none = key.baseline ? nobody : [];
  const found = key.items.map((item) =>
    item.identical && key.form === 'pairs'
      ? { candidate: nobody.map(() => 0), baseline: nobody.map(() => 0) }
      : { candidate: nobody, baseline: none },
  );
  for (const card of key.cards) {
    const ratings = said(card.id);
    const item = found[card.item] as { candidate: (number | null)[]; baseline: (number | null)[] };
    if (key.form === 'pairs') {
      // a rating is -1 towards answer A, 1 towards answer B
      for (const [i, version] of card.shows.entries())
        item[version] = ratings.map((rating) => rating && Number(rating === (i === 0 ? -1 : 1)));
    } else for (const version of card.shows) item[version] = ratings;
  }
  return key.items.map(({ key: name, ...item }, i) => ({
    ...item,
    key: name,
    ...(found[i] as { candidate: (number | null)[]; baseline: (number | null)[] }),
  }));
}
