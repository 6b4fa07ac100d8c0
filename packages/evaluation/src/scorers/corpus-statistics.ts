import { BLEU_WIDTH, bleuOf } from './bleu.ts';
import { chrfOf, chrfWidth } from './chrf.ts';

/** How many counts an item has, and the figure of their sums. */
export interface CorpusStatistic {
  readonly width: number;
  readonly statistic: (sums: ArrayLike<number>) => number;
}

/** The figures that are made of counts added up over a corpus. */
export const CORPUS_STATISTICS = {
  bleu: { width: BLEU_WIDTH, statistic: (sums) => bleuOf(sums) },
  chrf: { width: chrfWidth(), statistic: chrfOf },
  'chrf++': { width: chrfWidth({ wordOrder: 2 }), statistic: chrfOf },
  /** exp(-Σ log p / Σ length), of rows that hold a log-likelihood and a length. */
  perplexity: { width: 2, statistic: (sums) => Math.exp(-(sums[0] as number) / (sums[1] as number)) },
  /** -Σ log₂ p / Σ bytes. */
  'bits-per-byte': { width: 2, statistic: (sums) => -(sums[0] as number) / (sums[1] as number) / Math.LN2 },
} as const satisfies Record<string, CorpusStatistic>;

export type CorpusKind = keyof typeof CORPUS_STATISTICS;
