import type { Answer } from '../answer.ts';

/** The score of an answer, 0 to 1; null: it has none. */
export type Score = number | null;

/** Gives answers their scores, without knowing which version they are of. */
export interface Scorer {
  readonly name: string;
  /** It is about some answers alone (those that have a reference): the others are no fault of it. */
  readonly selective?: boolean;
  /**
   * A score for each answer, in their order.
   * @throws UserError, SystemError, ProgramError where it cannot score at all
   */
  score(answers: readonly Answer[], signal: AbortSignal): Promise<Score[]>;
}

/** A score of a scale as one from 0 to 1; null outside of it. */
export function onScale(score: unknown, [low, high]: readonly [number, number]): Score {
  if (typeof score !== 'number' || !Number.isFinite(score) || score < low || score > high) return null;
  return (score - low) / (high - low);
}
