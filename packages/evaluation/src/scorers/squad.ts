const ARTICLES = /\b(a|an|the)\b/g;
const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;

/** Lower case, no punctuation, no articles, single spaces: SQuAD's own normalisation, English only. */
export function squadNormalized(text: string): string {
  return text
    .toLowerCase()
    .replace(PUNCTUATION, '')
    .replace(ARTICLES, ' ')
    .split(/\s+/)
    .filter((w) => w !== '')
    .join(' ');
}

/** 1 where the normalised answer is one of the references, else 0. */
export function squadExactMatch(answer: string, references: readonly string[]): number {
  const said = squadNormalized(answer);
  return Number(references.some((reference) => squadNormalized(reference) === said));
}

/**
 * Token F1, the best over the references; 1 where both are empty, 0 where one is.
 *
 * Source: the evaluation script of SQuAD 2.0.
 */
export function squadF1(answer: string, references: readonly string[]): number {
  return Math.max(
    0,
    ...references.map((reference) => tokenF1(squadNormalized(answer), squadNormalized(reference))),
  );
}

function tokenF1(answer: string, reference: string): number {
  const said = answer === '' ? [] : answer.split(' ');
  const wanted = reference === '' ? [] : reference.split(' ');
  if (said.length === 0 || wanted.length === 0) return Number(said.length === wanted.length);
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let same = 0;
  for (const token of said) {
    const count = left.get(token) ?? 0;
    if (count > 0) {
      same++;
      left.set(token, count - 1);
    }
  }
  if (same === 0) return 0;
  const precision = same / said.length;
  const recall = same / wanted.length;
  return (2 * precision * recall) / (precision + recall);
}
