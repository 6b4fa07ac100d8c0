// Results: what any evaluator wrote, in one form.

// Early stopping: looks at a random part of the items.
export { stopAdvice } from './early/advice.ts';
export { LOOKS, type Look, type StopMethod } from './early/look.ts';
export { batchesOf } from './early/order.ts';
// Evaluators: programs that make results.
export {
  type Evaluated,
  type EvaluatorCall,
  type EvaluatorConfig,
  evaluatorConfig,
} from './evaluators/config.ts';
export { evalScopeCall } from './evaluators/evalscope.ts';
export { lmEvalCall } from './evaluators/lm-eval.ts';
// Gates: what is asked, and the decision.
export { decide, isComparison, type Judged, reportWith } from './gates/decide.ts';
export {
  type GateSpec,
  type GatesDocument,
  gateName,
  gatesDocument,
  gatesSchema,
  readGates,
  slicesNeeded,
} from './gates/document.ts';
export { readMeasurements } from './gates/measurements.ts';
export type { Comparability, GateOutcome, GateReport, Power, Unused } from './gates/outcome.ts';
// Leakage: evaluation items in the training data.
export { findLeakage, type Leakage, type LeakageOptions } from './leakage/leakage.ts';
// Pairs: the same item on both sides.
export { type Pairs, pair, type Side } from './pair/pair.ts';
// Plans: what gates can decide with a data set, before anything is evaluated.
export { type GatePlan, type Plan, type PlanCase, planGates } from './plan/plan-gates.ts';
export { FORMATS, type Format, readResults } from './read/read-results.ts';
// Reports: what people look at beside the decision.
export { type ChangedItem, changedItems } from './report/changed-items.ts';
export { figuresOf } from './report/figures.ts';
export { mergeResults } from './results/merge.ts';
export { findSeries, nameOf, seriesNames } from './results/metric-name.ts';
export { readNormalForm, writeNormalForm } from './results/normal-form.ts';
export type { ColumnMap, ItemText, ReadOptions, Results, Series, Settings, Task } from './results/results.ts';
// Scores: what predictions are worth.
export { CHINESE_SCORES } from './scorers/prediction-scores.ts';
export type { WordCutter } from './scorers/word-cutter.ts';
