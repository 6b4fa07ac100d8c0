import { bleuCounter } from './bleu.ts';
import { chrfCounter } from './chrf.ts';
import type { CorpusKind } from './corpus-statistics.ts';

/** Counts of one item. */
export type CorpusCounter = (prediction: string, references: readonly string[]) => Float64Array;

/** How a corpus metric is counted from predictions and references, by the name that gates call it. */
export const CORPUS_METRICS = {
  bleu: { kind: 'bleu', counter: () => bleuCounter() },
  bleu_zh: { kind: 'bleu', counter: () => bleuCounter({ tokenizer: 'zh' }) },
  chrf: { kind: 'chrf', counter: () => chrfCounter() },
  'chrf++': { kind: 'chrf++', counter: () => chrfCounter({ wordOrder: 2 }) },
} as const satisfies Record<string, { readonly kind: CorpusKind; counter(): CorpusCounter }>;
