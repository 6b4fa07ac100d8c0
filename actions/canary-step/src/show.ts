import type { CanaryDecision, Inputs } from '@sluice/contract';
import type { Block, Report } from '@sluice/report';
import type { RolloutState } from '@sluice/rollout';
import type { definition } from './definition.ts';
import { evidenceOf } from './show/evidence.ts';
import { at, factsOf } from './show/facts.ts';
import { verdictOf } from './show/verdict.ts';

interface Shown {
  readonly decision: CanaryDecision;
  readonly reason: string;
  /** Nothing was begun, although it should have been. */
  readonly refused: boolean;
  readonly state: RolloutState;
  readonly inputs: Inputs<(typeof definition)['inputs']>;
  /** ms epoch. */
  readonly nextCheck: number | null;
  /** ms epoch. */
  readonly now: number;
  /** What a reader must know of this look: a source that was silent, a gateway that has not taken the split. */
  readonly notes: readonly string[];
  /** What else is known of the rollout: its online evaluation. */
  readonly more: readonly Block[];
}

/** What this tick decided, where the plan stands, and on what evidence. */
export function reportOf(shown: Shown): Report {
  const { decision, reason, refused, state, inputs, nextCheck, now, notes, more } = shown;
  const { rollout } = state;
  return {
    title: rollout ? `Canary of ${rollout.version}` : 'Canary',
    verdict: verdictOf(decision, reason, refused, state),
    blocks: [
      factsOf(rollout, inputs, nextCheck, now),
      ...noted(notes),
      ...(rollout ? evidenceOf(rollout) : []),
      ...more,
      ...past(state),
    ],
  };
}

function noted(notes: readonly string[]): Block[] {
  if (notes.length === 0) return [];
  return [
    { type: 'heading', text: 'To know about this look' },
    ...notes.map((text) => ({ type: 'paragraph', text }) as const),
  ];
}

function past({ history }: RolloutState): Block[] {
  if (history.length === 0) return [];
  const rows = history
    .toReversed()
    .map((h) => [h.version, h.runId, at(h.completedAt), h.revertedAt === undefined ? '' : at(h.revertedAt)]);
  return [
    { type: 'heading', text: 'Versions that went all the way' },
    { type: 'table', columns: ['version', 'run', 'completed', 'taken back'], rows },
  ];
}
