/** The two places that a router splits users between. */
export type Slot = 'stable' | 'canary';

/** An answer that is scored. */
export interface Answer {
  /** Names it to scorers and in what is kept; says nothing of its version. */
  readonly id: string;
  readonly slot: Slot;
  /** Undefined where the log leaves it out. */
  readonly prompt: string | undefined;
  /** Undefined where the log leaves it out. */
  readonly response: string | undefined;
  /** When its request ended, Unix milliseconds. */
  readonly time: number;
}
