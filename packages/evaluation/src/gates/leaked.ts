import type { Leakage } from '../leakage/leakage.ts';
import { type Evidence, noEvidence } from './evidence.ts';

/** The evidence on `leakage`: the share of the items that were found in the training data. Never a pass when it was not looked for. */
export function leaked(most: number, gate: number, found: Leakage | undefined): Evidence {
  const about = { name: `leakage at most ${most}`, gate, metric: 'leakage', slice: null, threshold: most };
  if (!found) return noEvidence(about, 'the training data were not looked at');
  if (found.checked === 0)
    return noEvidence(
      about,
      'no item could be checked: the results hold no inputs, or nothing but one template',
    );
  const unchecked = found.unchecked > 0 ? `, ${found.unchecked} could not be checked` : '';
  const example = found.examples[0] === undefined ? '' : `, such as: ${found.examples[0].slice(0, 120)}`;
  return {
    ...noEvidence({ ...about, n: found.checked, candidate: found.share, estimate: found.share }, ''),
    test: `${found.leaked} of ${found.checked} items are in the training data${unchecked}${example}`,
    verdict: { kind: 'estimate', holds: found.share <= most },
  };
}
