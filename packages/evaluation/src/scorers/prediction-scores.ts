import { toScore } from '../text/tolerant-json.ts';
import { CORPUS_METRICS } from './corpus-metrics.ts';
import { logLoss } from './errors.ts';
import { rouge } from './rouge.ts';
import { rougeChinese, spacedCharacters } from './rouge-chinese.ts';
import type { ScoreOptions } from './score-options.ts';
import { squadExactMatch, squadF1 } from './squad.ts';

/** The score of one prediction; null when it has none, as a number that is not one. */
type ItemScorer = (prediction: string, references: readonly string[]) => number | null;

const best = (references: readonly string[], score: (reference: string) => number): number =>
  Math.max(...references.map(score));

function numeric(score: (prediction: number, truth: number) => number): () => ItemScorer {
  return () =>
    (prediction, [truth]) => {
      const [p, t] = [toScore(prediction), toScore(truth)];
      return p === null || t === null ? null : score(p, t);
    };
}

/**
 * Of a probability that the truth is 1, or of a map of probabilities (`{"yes": 0.9, "no": 0.1}`) that of the true label. Null where a
 * probability is none, or the truth of a bare one is neither 0 nor 1.
 */
function logLossOf(prediction: string, truth: string): number | null {
  const classes = prediction.startsWith('{') ? (JSON.parse(prediction) as Record<string, unknown>) : null;
  const p = toScore(classes ? (classes[truth] ?? 0) : prediction);
  const t = classes ? 1 : toScore(truth);
  const known = p !== null && p >= 0 && p <= 1 && (t === 0 || t === 1);
  return known ? logLoss([p], [t]) : null;
}

function rougeOf(type: 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum'): () => ItemScorer {
  return () => {
    const score = rouge([type]);
    return (prediction, references) =>
      best(references, (reference) => score(prediction, reference)[type].fmeasure);
  };
}

function rougeZhOf(type: 'rouge-1' | 'rouge-2' | 'rouge-l'): (options: ScoreOptions) => ItemScorer {
  return ({ spacedWords }) => {
    const score = rougeChinese();
    const spaced = spacedWords ?? spacedCharacters;
    return (prediction, references) =>
      best(references, (reference) => score(spaced(prediction), spaced(reference))[type].fmeasure);
  };
}

/** Scores of single items, by the names that gates call them. Several references: the best counts. */
export const ITEM_SCORES = {
  exact_match: () => (prediction, references) =>
    Number(references.some((r) => r.trim() === prediction.trim())),
  accuracy: () => (prediction, references) => Number(references[0]?.trim() === prediction.trim()),
  squad_exact_match: () => squadExactMatch,
  squad_f1: () => squadF1,
  rouge1: rougeOf('rouge1'),
  rouge2: rougeOf('rouge2'),
  rougeL: rougeOf('rougeL'),
  rougeLsum: rougeOf('rougeLsum'),
  rouge1_zh: rougeZhOf('rouge-1'),
  rouge2_zh: rougeZhOf('rouge-2'),
  rougeL_zh: rougeZhOf('rouge-l'),
  mse: numeric((p, t) => (p - t) ** 2),
  mae: numeric((p, t) => Math.abs(p - t)),
  log_loss:
    () =>
    (prediction, [truth]) =>
      logLossOf(prediction, truth ?? ''),
} as const satisfies Record<string, (options: ScoreOptions) => ItemScorer>;

/** Every score that can be made of predictions and references. */
export const PREDICTION_SCORES = [...Object.keys(ITEM_SCORES), ...Object.keys(CORPUS_METRICS)] as [
  PredictionScore,
  ...PredictionScore[],
];
export type PredictionScore = keyof typeof ITEM_SCORES | keyof typeof CORPUS_METRICS;

/** The scores that cut Chinese text. */
export const CHINESE_SCORES: ReadonlySet<string> = new Set(['rouge1_zh', 'rouge2_zh', 'rougeL_zh']);

/** Lower is better. */
export const LOWER_IS_BETTER: ReadonlySet<string> = new Set(['mse', 'mae', 'log_loss']);
