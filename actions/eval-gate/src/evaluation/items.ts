/** Items of each task that are evaluated, by their places in the data set. */
export type ItemsOf = Readonly<Record<string, readonly number[]>>;
