/**
 * What a reviewer is asked: which of two answers is better, whether an answer is acceptable, or how good it is from 1
 * to 5.
 */
export const REVIEW_FORMS = ['pairs', 'acceptable', 'scale'] as const;
export type ReviewForm = (typeof REVIEW_FORMS)[number];

/** What a reviewer may say, and the number that it counts as. In pairs: towards answer B. */
const RATINGS: Readonly<Record<ReviewForm, Readonly<Record<string, number>>>> = {
  pairs: { A: -1, tie: 0, B: 1 },
  acceptable: { no: 0, yes: 1 },
  scale: { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 },
};

/** The words of a form, in the order of their numbers. */
export function ratingWords(form: ReviewForm): string[] {
  const ratings = RATINGS[form];
  return Object.keys(ratings).sort((a, b) => (ratings[a] as number) - (ratings[b] as number));
}

/** The number of a rating's word, whatever its case; null for a word that the form does not know. */
export function ratingOf(form: ReviewForm, word: string): number | null {
  const found = Object.entries(RATINGS[form]).find(([name]) => name.toLowerCase() === word.toLowerCase());
  return found ? found[1] : null;
}
