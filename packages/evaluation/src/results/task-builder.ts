import type { CorpusKind } from '../scorers/corpus-statistics.ts';
import type { CorpusColumn, CorpusPart } from './corpus-column.ts';
import { type ItemSeen, Items } from './items.ts';
import { corpusColumn } from './new-corpus-column.ts';
import type { Series, Settings, Task } from './results.ts';
import { ScoreColumn } from './score-column.ts';

/** Items from which on the memory that was kept for more of them matters. */
const LARGE = 2 ** 16;

/** What an evaluator printed of a series, beside the items' scores. */
export interface Printed {
  readonly higherIsBetter?: boolean | null;
  readonly aggregate?: number | null;
  readonly standardError?: number | null;
  /** The rows hold parts of a corpus figure, not scores of their own. */
  readonly corpus?: boolean;
}

/** The scores of a series; those of the `first` one tell which items come again. */
export interface SeriesScores {
  readonly scores: ScoreColumn;
  readonly first: boolean;
}

/** Collects one task while its rows stream by. */
export class TaskBuilder {
  readonly items = new Items();
  private readonly name: string;
  private readonly columns = new Map<
    string,
    SeriesScores & { readonly metric: string; readonly filter: string | null }
  >();
  private readonly corpora = new Map<
    string,
    { metric: string; filter: string | null; column: CorpusColumn }
  >();
  private readonly printed = new Map<string, { metric: string; filter: string | null; printed: Printed }>();

  constructor(name: string) {
    this.name = name;
  }

  /** The row of an item. */
  item(seen: ItemSeen): number {
    return this.items.add(seen);
  }

  /** A score of an item; null or a number that is not finite: the item has none, which is kept apart from 0. */
  score(row: number, metric: string, filter: string | null, value: number | null): void {
    this.scoreIn(this.column(metric, filter), row, value);
  }

  /** The same for a series that `column` gave. */
  scoreIn({ scores, first }: SeriesScores, row: number, value: number | null): void {
    if (value === null || !Number.isFinite(value)) return;
    if (first && scores.count(row) > 0) this.items.repeated++;
    scores.add(row, value);
  }

  /** The scores of a series, made when it is new. */
  column(metric: string, filter: string | null): SeriesScores {
    const key = seriesKey(metric, filter);
    let column = this.columns.get(key);
    if (!column) {
      column = { metric, filter, scores: new ScoreColumn(), first: this.columns.size === 0 };
      this.columns.set(key, column);
    }
    return column;
  }

  /** What an item adds to a corpus figure; null: the item has none. */
  corpus(
    row: number,
    metric: string,
    filter: string | null,
    kind: CorpusKind,
    part: CorpusPart | null,
  ): void {
    const key = seriesKey(metric, filter);
    let entry = this.corpora.get(key);
    if (!entry) {
      entry = { metric, filter, column: corpusColumn(kind) };
      this.corpora.set(key, entry);
    }
    if (part && !entry.column.has(row)) entry.column.set(row, part);
  }

  /** What the evaluator printed of a series. */
  print(metric: string, filter: string | null, printed: Printed): void {
    const key = seriesKey(metric, filter);
    this.printed.set(key, { metric, filter, printed: { ...this.printed.get(key)?.printed, ...printed } });
  }

  /** Makes room for so many items in all that the task holds by now. */
  reserve(items: number): void {
    this.items.reserve(items);
    for (const { scores } of this.columns.values()) scores.reserve(items);
  }

  finish(rest: { settings?: Settings; incomplete?: number; errored?: number } = {}): Task {
    if (this.items.size > LARGE) {
      this.items.trim();
      for (const { scores } of this.columns.values()) scores.trim(this.items.size);
    }
    const series = new Map<string, Series>();
    for (const key of new Set([...this.printed.keys(), ...this.columns.keys(), ...this.corpora.keys()])) {
      const column = this.columns.get(key);
      const entry = this.printed.get(key);
      const corpus = this.corpora.get(key)?.column ?? null;
      const { metric, filter } = (column ?? this.corpora.get(key) ?? entry) as {
        metric: string;
        filter: string | null;
      };
      const printed = entry?.printed ?? {};
      series.set(key, {
        task: this.name,
        metric,
        filter,
        higherIsBetter: printed.higherIsBetter ?? null,
        aggregate: printed.aggregate ?? corpus?.figure(this.items.size) ?? null,
        standardError: printed.standardError ?? null,
        scores: printed.corpus ? null : (column?.scores ?? null),
        corpus,
      });
    }
    return {
      name: this.name,
      items: this.items.size > 0 ? this.items : null,
      series: [...series.values()],
      settings: rest.settings ?? {},
      incomplete: rest.incomplete ?? 0,
      errored: rest.errored ?? 0,
    };
  }
}

function seriesKey(metric: string, filter: string | null): string {
  return `${metric}\0${filter ?? ''}`;
}
