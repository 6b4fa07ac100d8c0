import type { Evidence } from './evidence.ts';

/** What was left out of each metric's figures, in sentences: what does not pair, what has no score. */
export function leftOutNotes(evidence: readonly Evidence[]): string[] {
  const sentences = evidence.flatMap(({ metric, unused, slice, n }) => {
    const { onlyInCandidate, onlyInBaseline, withoutScore } = unused;
    const parts = [
      onlyInCandidate > 0 ? `${items(onlyInCandidate)} only in the candidate` : '',
      onlyInBaseline > 0 ? `${items(onlyInBaseline)} only in the baseline` : '',
      withoutScore > 0 ? `${items(withoutScore)} without a score` : '',
    ].filter((part) => part !== '');
    const used = slice === null ? ` of ${items(n)}` : '';
    return parts.length === 0 ? [] : [`${metric}: the figures are${used}; left out were ${parts.join(', ')}`];
  });
  return [...new Set(sentences)];
}

const items = (count: number): string => (count === 1 ? '1 item' : `${count} items`);
