/** What a gate can decide with a data set of this size, before anything is evaluated. */
export interface GatePlan {
  readonly name: string;
  readonly slice: string | null;
  readonly items: number;
  /** One entry an assumption on how much two models differ item by item; a single one where none is needed. */
  readonly cases: readonly PlanCase[];
  /** What follows, in a sentence. */
  readonly sentence: string;
}

export interface PlanCase {
  /** What is assumed, in words. */
  readonly assumed: string;
  /** The smallest margin, or the limit furthest below, that could be proven with the planned power. */
  readonly provable: number | null;
  readonly detectable: number | null;
  /** The chance to prove this gate when nothing changed (or when the true figure is the baseline's). */
  readonly chance: number | null;
  /** Items that the planned power needs. */
  readonly itemsNeeded: number | null;
}
