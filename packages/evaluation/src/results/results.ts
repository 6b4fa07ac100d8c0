import type { PredictionScore } from '../scorers/prediction-scores.ts';
import type { WordCutter } from '../scorers/word-cutter.ts';
import type { CorpusColumn } from './corpus-column.ts';
import type { Items } from './items.ts';
import type { ScoreColumn } from './score-column.ts';

/** One metric of one task under one filter. */
export interface Series {
  readonly task: string;
  readonly metric: string;
  /** The filter or aggregation that tells this series from others of the same metric; null where there is none. */
  readonly filter: string | null;
  /** What the evaluator says of the direction; null when it does not. */
  readonly higherIsBetter: boolean | null;
  /** The figure the evaluator printed. NaN is kept: it must never pass. */
  readonly aggregate: number | null;
  readonly standardError: number | null;
  /** The score of each item; null when only the aggregate is known, as for a corpus metric. */
  readonly scores: ScoreColumn | null;
  /** What a corpus figure is computed from; null where it is none, or its parts are not known. */
  readonly corpus: CorpusColumn | null;
}

/** What decides how the model was asked, so that two runs can be told apart. Absent: the file does not say. */
export interface Settings {
  /** The scorer's own version and options. */
  readonly scorer?: string;
  /** Digest of the prompt template, the few-shot choice, the system instruction and the chat template. */
  readonly prompts?: string;
  readonly fewShot?: number;
  readonly chatTemplate?: string;
}

export interface Task {
  readonly name: string;
  /** null when the file holds aggregates only. */
  readonly items: Items | null;
  readonly series: readonly Series[];
  readonly settings: Settings;
  /** Items that were asked for and have no row: the run was cut short. */
  readonly incomplete: number;
  /** Items whose evaluation failed: they have no score, which is not a score of 0. */
  readonly errored: number;
}

/** What an item looked like, for the report. */
export interface ItemText {
  readonly input: string;
  readonly target: string;
  readonly answer: string;
  /** The file holds no inputs: `input` is the item's id, to be shown and nothing else. */
  readonly idOnly?: true;
}

/** Evaluation results in one form, whatever program wrote them. */
export interface Results {
  readonly format: string;
  /** The file or folder, as it was given. */
  readonly source: string;
  readonly evaluator: { readonly name: string; readonly version: string | null };
  readonly model: string | null;
  readonly tasks: readonly Task[];
  /** What a reader found that a person should know, in sentences. */
  readonly notes: readonly string[];
  /** The texts of some rows of a task, read again from the file; undefined where a text is not there. */
  texts(task: Task, rows: readonly number[]): Promise<(ItemText | undefined)[]>;
}

/** What the reader is asked for. */
export interface ReadOptions {
  /** Columns of the items to keep as slices or clusters: dotted paths such as `doc.language`, or plain names. */
  readonly slices?: readonly string[];
  readonly columns?: ColumnMap;
  /** Scores to make of predictions and references, where the files hold no scores (plain files only). */
  readonly predictions?: readonly PredictionScore[] | undefined;
  /** The label that precision, recall and f1 are about; default 1. */
  readonly positive?: string | undefined;
  /** Who cuts Chinese texts into words for ROUGE; characters when absent. */
  readonly words?: WordCutter | undefined;
}

/** Which column of a plain file is what. */
export interface ColumnMap {
  readonly id?: string | undefined;
  readonly input?: string | undefined;
  readonly target?: string | undefined;
  readonly answer?: string | undefined;
  readonly task?: string | undefined;
  readonly error?: string | undefined;
  /** The columns that are scores; all numeric columns when absent. */
  readonly scores?: readonly string[] | undefined;
}
