import { type ReviewForm, ratingOf } from '../review/form.ts';

/** The lowest and the highest grade. */
export type Grades = readonly [number, number];

/** Emphasis, quotes and brackets that models put around a word. */
const AROUND = '[\\s*_`"\'“”#>\\[\\]().]*';
const LINE = new RegExp(
  `^${AROUND}verdict${AROUND}[:：=]${AROUND}(-?\\d+(?:\\.\\d+)?|\\w+)(?:\\s*/\\s*(\\d+(?:\\.\\d+)?))?${AROUND}$`,
  'i',
);

/** What the last line `VERDICT: …` of a judge's answer says, and of how many where it says that. */
function lastVerdict(answer: string): { readonly word: string; readonly of: number | null } | null {
  const line = answer
    .split(/\r?\n/)
    .map((text) => LINE.exec(text.trim()))
    .findLast((found) => found !== null);
  return line ? { word: line[1] as string, of: line[2] === undefined ? null : Number(line[2]) } : null;
}

/**
 * The verdict of a judge's answer: that of its last line `VERDICT: …`. Null where there is none, or the word is none of
 * the form's: a missing value, never a score.
 */
export function verdictOf(form: ReviewForm, answer: string): number | null {
  const said = lastVerdict(answer);
  return said === null || (said.of !== null && said.of !== 5) ? null : ratingOf(form, said.word);
}

/** The grade of a judge's answer, likewise. Null where it is none of the scale. */
export function gradeOf([low, high]: Grades, answer: string): number | null {
  const said = lastVerdict(answer);
  if (said === null || (said.of !== null && said.of !== high)) return null;
  const grade = Number(said.word);
  return grade >= low && grade <= high ? grade : null;
}
