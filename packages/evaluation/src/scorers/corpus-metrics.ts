import type { CorpusPart } from '../results/corpus-column.ts';
import { bleuCounter } from './bleu.ts';
import { chrfCounter } from './chrf.ts';
import type { CorpusKind } from './corpus-statistics.ts';
import type { ScoreOptions } from './score-options.ts';

/** What one item adds. */
export type CorpusCounter = (prediction: string, references: readonly string[]) => CorpusPart;

interface CorpusMetric {
  readonly kind: CorpusKind;
  counter(options: Pick<ScoreOptions, 'positive'>): CorpusCounter;
}

/** One label against all others. */
const binary = (kind: CorpusKind): CorpusMetric => ({
  kind,
  counter: ({ positive }) => {
    return (prediction, [truth]) => {
      const said = Number(prediction.trim() === positive);
      const wanted = Number(truth?.trim() === positive);
      return [said * wanted, said, wanted];
    };
  },
});

/** All labels together: with one label an item, all three are the accuracy. */
const micro = (kind: CorpusKind): CorpusMetric => ({
  kind,
  counter:
    () =>
    (prediction, [truth]) => [Number(prediction.trim() === truth?.trim()), 1, 1],
});

const macro = (kind: CorpusKind): CorpusMetric => ({
  kind,
  counter:
    () =>
    (prediction, [truth]) => [prediction.trim(), (truth ?? '').trim()],
});

/** How a corpus metric is counted from predictions and references, by the name that gates call it. */
export const CORPUS_METRICS = {
  bleu: { kind: 'bleu', counter: () => bleuCounter() },
  bleu_zh: { kind: 'bleu', counter: () => bleuCounter({ tokenizer: 'zh' }) },
  chrf: { kind: 'chrf', counter: () => chrfCounter() },
  'chrf++': { kind: 'chrf++', counter: () => chrfCounter({ wordOrder: 2 }) },
  precision: binary('precision'),
  recall: binary('recall'),
  f1: binary('f1'),
  precision_micro: micro('precision'),
  recall_micro: micro('recall'),
  f1_micro: micro('f1'),
  precision_macro: macro('macro precision'),
  recall_macro: macro('macro recall'),
  f1_macro: macro('macro f1'),
} as const satisfies Record<string, CorpusMetric>;

/** The corpus metrics of one label, which must be named. */
export const BINARY_SCORES: ReadonlySet<string> = new Set(['precision', 'recall', 'f1']);
