export { type Comparison, comparison, comparisonSentence } from './ab/comparison.ts';
export { compareOf } from './ab/tick.ts';
export type { Alarm, GuardReading, Judge, Judgement } from './judge/judge.ts';
export { type Evidence, notesOf } from './judge/of-policy.ts';
export { addTotals, metricsOf, NOTHING, type Totals } from './judge/totals.ts';
export {
  type BeginOptions,
  type Begun,
  begin,
  type Candidate,
  checkGiven,
  type Given,
} from './machine/begin.ts';
export { abort, approve, type Order, pause, resume } from './machine/commands.ts';
export { type Chore, choreOf, settled, withInstance } from './machine/house.ts';
export { soaked } from './machine/learn.ts';
export { doubtOf } from './machine/next-stage.ts';
export type { Observations } from './machine/observations.ts';
export { liveBeside, type Reverted, revert, revertInPlace } from './machine/revert.ts';
export { type SetWeight, type Step, setWeight, shareOf } from './machine/step.ts';
export { tick } from './machine/tick.ts';
export {
  byRole,
  type Counts,
  contradiction,
  type Histogram,
  type Minute,
  otherSlot,
  quantile,
  type RoleMinute,
  type Slot,
  shareSlower,
} from './observations/minute.ts';
export { formatPlan, type Plan, parsePlan, planLength, type Stage } from './plan/plan.ts';
export { parseSegments, type Segments } from './plan/segments.ts';
export {
  type ClassicPolicy,
  checkPolicy,
  type Policy,
  parsePolicy,
  policyDigest,
  policySchema,
  readyMade,
  type SequentialPolicy,
} from './policy/policy.ts';
export { parseTrafficCsv } from './simulation/csv.ts';
export { inIntervals } from './simulation/intervals.ts';
export type { StageOutlook } from './simulation/outlook.ts';
export {
  type Baseline,
  type Fault,
  type FaultOutlook,
  type Rehearsal,
  type RehearsalInput,
  rehearse,
  type Spread,
  usualFaults,
} from './simulation/rehearse.ts';
export { type Replayed, replay } from './simulation/replay.ts';
export {
  type Behaviour,
  boundsAround,
  drawCounts,
  drawMinute,
  type LatencyLaw,
} from './simulation/traffic.ts';
export { evidenceBefore, type Walk, type WalkEnd, walk } from './simulation/walk.ts';
export { decodeState, encodeState } from './state/codec.ts';
export {
  type Instance,
  type InstanceProcess,
  type InstanceStart,
  instanceStart,
  startSchema,
} from './state/instance.ts';
export {
  type Approval,
  type Completed,
  completed,
  type Identity,
  type Lease,
  leaseExpired,
  newTarget,
  openRollout,
  type Pause,
  type Phase,
  type Rollout,
  type RolloutState,
  SCHEMA,
  type StageProgress,
  statusWord,
} from './state/state.ts';
export type { TrailPoint } from './state/trail.ts';
