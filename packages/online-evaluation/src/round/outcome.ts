import type { Answer, Slot } from '../answer.ts';
import { promptOf } from '../sample/replay.ts';
import type { Score } from '../scorers/scorer.ts';

/** What one version's answers scored. */
export interface Scored {
  /** 0 to 1, of each answer that got one. */
  readonly scores: readonly number[];
  /** Answers that got none. */
  readonly missing: number;
}

/** The mean of the scores; undefined where there are none. */
export function meanOf({ scores }: { readonly scores: readonly number[] }): number | undefined {
  return scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length;
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

/**
 * The scores of each version in the order of the answers. `replayed`: the answers stand in pairs, and the i-th scores of both versions
 * are about the same prompt; a score whose partner is missing counts as missing too.
 */
export function outcomeOf(answers: readonly Answer[], scores: readonly Score[], replayed: boolean): Outcome {
  const whole = replayed ? scoredInPairs(answers, scores) : undefined;
  const scored = (slot: Slot): Scored => {
    const own = answers.flatMap(({ id, slot: its }, i) =>
      its !== slot ? [] : [whole && !whole.has(promptOf(id)) ? null : (scores[i] ?? null)],
    );
    const given = own.filter((score) => score !== null);
    return { scores: given, missing: own.length - given.length };
  };
  const [stable, canary] = [scored('stable'), scored('canary')];
  return {
    stable,
    canary,
    ...(replayed && stable.scores.length > 0 ? { paired: paired(stable, canary) } : {}),
  };
}

/** Prompts of which both versions' answers have a score. */
function scoredInPairs(answers: readonly Answer[], scores: readonly Score[]): ReadonlySet<string> {
  const once = new Set<string>();
  const twice = new Set<string>();
  answers.forEach(({ id }, i) => {
    if ((scores[i] ?? null) === null) return;
    (once.has(promptOf(id)) ? twice : once).add(promptOf(id));
  });
  return twice;
}

function paired({ scores: stable }: Scored, { scores: canary }: Scored): Paired {
  const differences = canary.map((score, i) => score - (stable[i] as number));
  const n = differences.length;
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
