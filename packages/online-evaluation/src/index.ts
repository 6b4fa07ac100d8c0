// What is asked for.
export type { Answer, Slot } from './answer.ts';
export { type OnlineEvaluation, onlineEvaluationSchema, parseOnlineEvaluation } from './document.ts';
// A round: a period, sampled and scored.
export { keptItems } from './round/kept.ts';
export {
  documentDigest,
  type Ledger,
  type LedgerRound,
  newLedger,
  readLedger,
  withRound,
} from './round/ledger.ts';
export { meanOf, type Outcome, type Paired, type Scored } from './round/outcome.ts';
export { type Keep, keeper } from './round/privacy.ts';
export { type Item, type Round, type RoundOptions, runRound } from './round/run-round.ts';
export { type Scores, scoresAt } from './round/scores-at.ts';
// The sample.
export { duePeriods, type Period } from './sample/period.ts';
// Scorers.
export { openScorers, type Surroundings } from './scorers/open.ts';
export type { Score, Scorer } from './scorers/scorer.ts';
