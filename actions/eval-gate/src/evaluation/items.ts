/** A part of the items of each task. */
export interface Part {
  /** Their places in the data set. */
  readonly items: Readonly<Record<string, readonly number[]>>;
  /** How many items each task has. */
  readonly of: Readonly<Record<string, number>>;
}
