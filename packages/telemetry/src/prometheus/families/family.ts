/** A counter: its name and the labels that choose what is meant. */
export interface Counter {
  readonly metric: string;
  readonly match?: string;
}

/** A histogram's `_bucket` counter. */
export interface Buckets extends Counter {
  readonly unit: 's' | 'ms';
}

/** A gauge in percent, or one that becomes a percentage. */
export interface Share {
  readonly metric: string;
  /** Gauges whose sum is the whole; where absent, the gauge itself times `times`. */
  readonly of?: readonly string[];
  readonly times?: number;
}

/** How one kind of program names what a judge needs. What is absent the program does not export. */
export interface Family {
  /** The program, and the version whose source or documentation the names were read in. */
  readonly read: string;
  /** What a reader must know of its figures. */
  readonly note?: string;
  /** The label in which the two slots differ, where they are given as bare values. */
  readonly label: string;
  /** What the program adds to a name in that label, as a regular expression: a number of its own for each version of it. */
  readonly suffix?: string;
  /** Requests that ended; several are added up. A family without them only adds to another source. */
  readonly requests?: readonly Counter[];
  readonly errors?: readonly Counter[];
  /** Requests that clients gave up. */
  readonly aborted?: readonly Counter[];
  readonly latency?: Buckets;
  /** Until the first token. */
  readonly first?: Buckets;
  /** Per output token after the first. */
  readonly perToken?: Buckets;
  /** Output tokens, and the seconds spent on them, both counted when a request ends. */
  readonly tokens?: { readonly count: Counter; readonly seconds: Counter };
  /** Answers that were cut off at their longest length. */
  readonly cutOff?: readonly Counter[];
  readonly gpu?: { readonly memory?: Share; readonly utilisation?: Share };
}

/** A PromQL selector. */
export function selector(counter: Counter, slot: string): string {
  return `${counter.metric}{${[counter.match, slot].filter(Boolean).join(',')}}`;
}

/** PromQL of a gauge in percent over the `step` milliseconds before each reading, the highest of the slot's devices. */
export function percent(share: Share, slot: string, over: 'max' | 'avg', step: number): string {
  const within = (metric: string): string =>
    `${over}_over_time(${metric}{${slot}}[${Math.round(step / 1000)}s])`;
  const whole = share.of?.map((metric) => `avg_over_time(${metric}{${slot}}[${Math.round(step / 1000)}s])`);
  return whole
    ? `max(100 * ${within(share.metric)} / (${whole.join(' + ')}))`
    : `max(${share.times ?? 1} * ${within(share.metric)})`;
}
