import type { Answer, Slot } from '../answer.ts';
import { promptOf } from '../sample/replay.ts';
import type { Score } from '../scorers/scorer.ts';

/** What one version's answers scored. */
export interface Scored {
  readonly answers: number;
  /** Of scores from 0 to 1. */
  readonly sum: number;
  /** Answers that got no score. */
  readonly missing: number;
}

/** Pairs of answers to the same prompt. */
export interface Paired {
  readonly pairs: number;
  /** Pairs in which the slot `canary` scored higher, and lower. */
  readonly higher: number;
  readonly lower: number;
  /** Mean of the slot `canary`'s score less the slot `stable`'s, and its standard error (none for a single pair). */
  readonly difference: number;
  readonly error?: number;
}

/** What a scorer found in one round. */
export interface Outcome {
  readonly stable: Scored;
  readonly canary: Scored;
  readonly paired?: Paired;
}

/** `replayed`: the answers stand in pairs. */
export function outcomeOf(answers: readonly Answer[], scores: readonly Score[], replayed: boolean): Outcome {
  const scored = (slot: Slot): Scored => {
    const own = answers.flatMap((answer, i) => (answer.slot === slot ? [scores[i] ?? null] : []));
    const given = own.filter((score) => score !== null);
    return {
      answers: given.length,
      sum: given.reduce((sum, score) => sum + score, 0),
      missing: own.length - given.length,
    };
  };
  const paired = replayed ? pairsOf(answers, scores) : undefined;
  return { stable: scored('stable'), canary: scored('canary'), ...(paired ? { paired } : {}) };
}

function pairsOf(answers: readonly Answer[], scores: readonly Score[]): Paired | undefined {
  const byPrompt = new Map<string, Partial<Record<Slot, number>>>();
  answers.forEach(({ id, slot }, i) => {
    const score = scores[i] ?? null;
    if (score !== null) byPrompt.set(promptOf(id), { ...byPrompt.get(promptOf(id)), [slot]: score });
  });
  const differences = [...byPrompt.values()].flatMap(({ stable, canary }) =>
    stable === undefined || canary === undefined ? [] : [canary - stable],
  );
  const n = differences.length;
  if (n === 0) return undefined;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1);
  return {
    pairs: n,
    higher: differences.filter((d) => d > 0).length,
    lower: differences.filter((d) => d < 0).length,
    difference: mean,
    ...(n > 1 ? { error: Math.sqrt(variance / n) } : {}),
  };
}
