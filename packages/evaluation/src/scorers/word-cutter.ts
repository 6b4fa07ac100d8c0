/** Cuts Chinese texts into words. */
export interface WordCutter {
  /** Program and version, such as `jieba 0.42.1`: other words are other scores. */
  readonly name: string;
  /** The words of each text, between spaces; one call for all texts, because it may start a program. */
  cut(texts: readonly string[]): Promise<readonly string[]>;
}
