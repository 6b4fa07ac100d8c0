import type { Task } from '../results/results.ts';
import type { GateOutcome } from './outcome.ts';

/** What is known of a gate (or one of its slices) before the family rule has spoken. */
export type Evidence = Omit<GateOutcome, 'decision' | 'reason'> & {
  /** The smallest difference that the whole data set shows with the planned power, also where this is one slice of it. */
  readonly datasetDetects?: number | null;
  readonly verdict: /** Tested: approve when proven, reject when shown to be violated after Holm. */
    | { readonly kind: 'prove' }
    /** Approve unless shown to be violated after Holm. */
    | { readonly kind: 'not-shown-worse' }
    /** The estimate alone decides. */
    | { readonly kind: 'estimate'; readonly holds: boolean }
    | { readonly kind: 'undecided'; readonly because: string };
};

/** Evidence that can carry no decision, and why. */
export function noEvidence(
  about: Pick<Evidence, 'name' | 'gate' | 'metric' | 'slice' | 'threshold'> & Partial<Evidence>,
  because: string,
): Evidence {
  return {
    candidate: null,
    baseline: null,
    estimate: null,
    interval: null,
    test: 'none',
    n: 0,
    unused: { onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: 0 },
    pHolds: null,
    pViolated: null,
    power: null,
    ...about,
    verdict: { kind: 'undecided', because },
  };
}

/** What a run that was cut short lacks. */
export function itemsMissing({ name, items, incomplete }: Task): string {
  if (!items) return `${name} did not come to its end`;
  return incomplete === 1 ? `1 item of ${name} is missing` : `${incomplete} items of ${name} are missing`;
}
