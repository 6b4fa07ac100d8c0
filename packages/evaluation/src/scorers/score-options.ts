/** How predictions are scored where a score has more than one way. */
export interface ScoreOptions {
  /** The label that `precision`, `recall` and `f1` are about. */
  readonly positive: string;
  /** Chinese text as tokens between spaces: its words. Null: its characters. */
  readonly spacedWords: ((text: string) => string) | null;
}
