import { BLEU_WIDTH, bleuOf } from './bleu.ts';
import { chrfOf, chrfWidth } from './chrf.ts';
import { macroOf, precisionRecall } from './classification.ts';

/** How many counts an item has (`labels`: three for each label), and the figure of their sums. */
export interface CorpusStatistic {
  readonly width: number | 'labels';
  readonly statistic: (sums: ArrayLike<number>) => number;
}

/** Sums are right, said, wanted. */
const ofOne = (key: 'precision' | 'recall' | 'fmeasure'): CorpusStatistic => ({
  width: 3,
  statistic: (sums) => precisionRecall(sums[0] as number, sums[1] as number, sums[2] as number)[key],
});

const ofLabels = (key: 'precision' | 'recall' | 'fmeasure'): CorpusStatistic => ({
  width: 'labels',
  statistic: (sums) => macroOf(sums, key),
});

/** The figures that are made of counts added up over a corpus. */
export const CORPUS_STATISTICS = {
  bleu: { width: BLEU_WIDTH, statistic: (sums) => bleuOf(sums) },
  chrf: { width: chrfWidth(), statistic: chrfOf },
  'chrf++': { width: chrfWidth({ wordOrder: 2 }), statistic: chrfOf },
  /** exp(-Σ log p / Σ length), of rows that hold a log-likelihood and a length. */
  perplexity: { width: 2, statistic: (sums) => Math.exp(-(sums[0] as number) / (sums[1] as number)) },
  /** -Σ log₂ p / Σ bytes. */
  'bits-per-byte': { width: 2, statistic: (sums) => -(sums[0] as number) / (sums[1] as number) / Math.LN2 },
  precision: ofOne('precision'),
  recall: ofOne('recall'),
  f1: ofOne('fmeasure'),
  'macro precision': ofLabels('precision'),
  'macro recall': ofLabels('recall'),
  'macro f1': ofLabels('fmeasure'),
} as const satisfies Record<string, CorpusStatistic>;

export type CorpusKind = keyof typeof CORPUS_STATISTICS;
