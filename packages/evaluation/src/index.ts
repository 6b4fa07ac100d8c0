// Results: what any evaluator wrote, in one form.

// Folders as one file, for caches.
export { packFolder, unpackFolder } from './archive/packed-folder.ts';
// Early stopping: looks at a random part of the items.
export { stopAdvice } from './early/advice.ts';
export { LOOKS, type Look, type StopMethod, sharesAtLook } from './early/look.ts';
export { batchesOf } from './early/order.ts';
// Evaluators: programs that make results.
export {
  type Evaluated,
  type EvaluatorCall,
  type EvaluatorConfig,
  evaluatorConfig,
  type Variant,
} from './evaluators/config.ts';
export { evalScopeCall } from './evaluators/evalscope.ts';
export { evalScopeSlice } from './evaluators/evalscope-slice.ts';
export { lmEvalCall } from './evaluators/lm-eval.ts';
export { type TaskFiles, taskFiles } from './evaluators/task-files.ts';
// Gates: what is asked, and the decision.
export { decide, type Judged, reportWith } from './gates/decide.ts';
export {
  type GateSpec,
  type GatesDocument,
  gateName,
  gatesDocument,
  gatesSchema,
  isComparison,
  readGates,
  reviewRule,
  reviewSpec,
  slicesNeeded,
} from './gates/document.ts';
export { readMeasurements } from './gates/measurements.ts';
export type {
  Comparability,
  GateOutcome,
  GateReport,
  Power,
  Unused,
} from './gates/outcome.ts';
// Tests: which one fits the data.
export { choosePaired, chooseSingle, type PairedData } from './gates/tests/choose.ts';
export { welchTest } from './gates/tests/means.ts';
export type { Test, TestOptions, TestResult } from './gates/tests/test.ts';
// Judge models: what they are asked, and their verdicts as scores.
export { type JudgeConfig, judgeConfig } from './judge-model/config.ts';
export { judgePrompt, type Shown, type Wanted } from './judge-model/prompt.ts';
export { type JudgePlan, type JudgeQuestion, judgeQuestions } from './judge-model/questions.ts';
export { type JudgeFigures, type JudgeScores, judgeScores } from './judge-model/scores.ts';
export { type Grades, gradeOf } from './judge-model/verdict.ts';
// Leakage: evaluation items in the training data.
export { findLeakage, type Leakage, type LeakageOptions } from './leakage/leakage.ts';
// Pairs: the same item on both sides.
export { comparabilityOf } from './pair/comparability.ts';
export { type Pairs, pair, type Side } from './pair/pair.ts';
// Plans: what gates can decide with a data set, before anything is evaluated.
export type { GatePlan, PlanCase } from './plan/gate-plan.ts';
export { type Plan, planGates } from './plan/plan-gates.ts';
export { FORMATS, type Format } from './read/formats.ts';
export { EVALUATION_TABLE } from './read/mlflow/run-folder.ts';
export { runMetrics, withRunMetrics } from './read/mlflow/run-metrics.ts';
export { genaiResults } from './read/mlflow/traces.ts';
export { answerInThread } from './read/plain/reading.ts';
export { readResults } from './read/read-results.ts';
// Reports: what people look at beside the decision.
export { type BesideCandidate, type BesideMetric, besideCandidate } from './report/beside.ts';
export { type ChangedItem, changedItems } from './report/changed-items.ts';
export { figuresOf } from './report/figures.ts';
export { mergeResults } from './results/merge.ts';
export { findSeries, nameOf, seriesNames } from './results/metric-name.ts';
export { readNormalForm, writeNormalForm } from './results/normal-form.ts';
export type { ColumnMap, ItemText, ReadOptions, Results, Series, Settings, Task } from './results/results.ts';
// Review: people judge a sample, blind.
export type { Agreement } from './review/agreement/agreement.ts';
export { type Counted, countReview, type Rule } from './review/count/count.ts';
export { type Estimate, type ReviewSummary, summarizeReview } from './review/count/summary.ts';
export { type Drawn, type DrawOptions, drawReview } from './review/draw/draw.ts';
export type { Stratify } from './review/draw/pool.ts';
export { REVIEW_FORMS, type ReviewForm, ratingWords } from './review/form.ts';
export { type ReviewKey, readReviewKey } from './review/key.ts';
export { reviewPage } from './review/page/page.ts';
export type { Review, ReviewedItem } from './review/ratings/review.ts';
export { readReview } from './review/read-review.ts';
export { sheetCsv } from './review/sheet/csv.ts';
export type { Card, Sheet } from './review/sheet/sheet.ts';
// Scores: what predictions are worth.
export { corpusBleu, sentenceBleu } from './scorers/bleu.ts';
export { corpusChrf } from './scorers/chrf.ts';
export { classificationScores } from './scorers/classification.ts';
export { logLoss, meanAbsoluteError, meanSquaredError } from './scorers/errors.ts';
export { CHINESE_SCORES, ITEM_SCORES } from './scorers/prediction-scores.ts';
export { rouge } from './scorers/rouge.ts';
export { rougeChinese, spacedCharacters } from './scorers/rouge-chinese.ts';
export type { WordCutter } from './scorers/word-cutter.ts';
