import { type ReviewForm, ratingOf } from '../review/form.ts';

/** Emphasis, quotes and brackets that models put around a word. */
const AROUND = '[\\s*_`"\'“”#>\\[\\]().]*';
const LINE = new RegExp(`^${AROUND}verdict${AROUND}[:：=]${AROUND}([\\w]+)(?:\\s*/\\s*5)?${AROUND}$`, 'i');

/**
 * The verdict of a judge's answer: that of its last line `VERDICT: …`. Null where there is none, or the word is none of
 * the form's: a missing value, never a score.
 */
export function verdictOf(form: ReviewForm, answer: string): number | null {
  const lines = answer.split(/\r?\n/).flatMap((line) => LINE.exec(line.trim())?.[1] ?? []);
  const last = lines.at(-1);
  return last === undefined ? null : ratingOf(form, last);
}
