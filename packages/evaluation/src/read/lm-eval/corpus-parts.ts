import type { TaskBuilder } from '../../results/task-builder.ts';
import { bleuCounter } from '../../scorers/bleu.ts';
import { chrfCounter } from '../../scorers/chrf.ts';
import type { CorpusKind } from '../../scorers/corpus-statistics.ts';
import { toScore } from '../../text/tolerant-json.ts';

/** The pairs of log-likelihood and length. */
const LIKELIHOODS: Readonly<Record<string, CorpusKind>> = {
  perplexity: 'perplexity',
  word_perplexity: 'perplexity',
  byte_perplexity: 'perplexity',
  bits_per_byte: 'bits-per-byte',
};

/**
 * Counts the parts of corpus figures that lm-eval writes in place of item scores: `[reference, prediction]` for bleu and
 * chrf, `[log-likelihood, length]` for perplexities. Other pairs (ter, mcc) are left alone: only their figure is known.
 */
export function corpusParts(): (
  builder: TaskBuilder,
  item: number,
  metric: string,
  filter: string,
  value: unknown,
) => void {
  const counters = { bleu: bleuCounter(), chrf: chrfCounter() };
  return (builder, item, metric, filter, value) => {
    if (!Array.isArray(value) || value.length !== 2) return;
    const [first, second] = value as [unknown, unknown];
    if (metric === 'bleu' || metric === 'chrf') {
      const references = Array.isArray(first) ? first.map(String) : [String(first)];
      const prediction = Array.isArray(second) ? String(second[0]) : String(second);
      builder.corpus(item, metric, filter, metric, counters[metric](prediction, references));
      return;
    }
    const kind = LIKELIHOODS[metric];
    const [likelihood, length] = [toScore(first), toScore(second)];
    if (kind && likelihood !== null && length !== null)
      builder.corpus(item, metric, filter, kind, [likelihood, length]);
  };
}
