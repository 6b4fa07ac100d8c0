import { CORPUS_STATISTICS, type CorpusKind } from '../scorers/corpus-statistics.ts';
import { ConfusionColumn } from './confusion-column.ts';
import type { CorpusColumn } from './corpus-column.ts';
import { CountsColumn } from './counts-column.ts';

/** An empty column for a figure of this kind. */
export function corpusColumn(kind: CorpusKind): CorpusColumn {
  return CORPUS_STATISTICS[kind].width === 'labels' ? new ConfusionColumn(kind) : new CountsColumn(kind);
}
