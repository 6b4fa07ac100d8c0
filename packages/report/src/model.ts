/** Text of a report: taken literally and escaped by each format, so anything a user or a model wrote may stand in it. */
export type Text = string | readonly Span[];
export type Span =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  /** A word with the colour of a state, such as a decision in a table. */
  | { readonly state: State; readonly text: string }
  /** Only http, https and relative addresses become links; anything else is shown as text. */
  | { readonly link: string; readonly text: string };

export type State = 'pass' | 'fail' | 'undecided' | 'info';

/** One report of an action: what was decided, in one sentence, then the evidence. */
export interface Report {
  readonly title: string;
  /** `word` stands where the state's own would mislead: what is under way is neither passed nor done. */
  readonly verdict: { readonly state: State; readonly sentence: string; readonly word?: string };
  readonly blocks: readonly Block[];
}

export type Block = Heading | Paragraph | Table | Code | Mermaid | Flow | Chart | Compare | Details | Facts;

export interface Heading {
  readonly type: 'heading';
  readonly text: string;
}

export interface Paragraph {
  readonly type: 'paragraph';
  readonly text: Text;
}

/** A cell: numbers are aligned right and shown with four significant digits. */
export type Cell = Text | number;

export interface Table {
  readonly type: 'table';
  readonly columns: readonly string[];
  /** Rows shorter than `columns` are filled with empty cells, longer ones are cut. */
  readonly rows: readonly (readonly Cell[])[];
  /** Its title. */
  readonly caption?: string;
  /** What must be known to read it, below. */
  readonly note?: string;
}

export interface Code {
  readonly type: 'code';
  readonly language: string;
  readonly text: string;
}

/** A Mermaid diagram as its source; HTML, which loads no program, shows the source. For a row of steps use {@link Flow}. */
export interface Mermaid {
  readonly type: 'mermaid';
  readonly text: string;
}

/** Steps one after the other: a Mermaid flowchart in Markdown, SVG in HTML. */
export interface Flow {
  readonly type: 'flow';
  readonly steps: readonly FlowStep[];
}
export interface FlowStep {
  readonly label: string;
  readonly state: 'done' | 'current' | 'failed' | 'pending';
}

export type Chart = IntervalsChart | LineChart | TrendChart;

/** Estimates with their intervals and the line that each must keep to (a forest plot). */
export interface IntervalsChart {
  readonly type: 'chart';
  readonly kind: 'intervals';
  readonly title: string;
  readonly unit?: string;
  readonly rows: readonly IntervalRow[];
}
export interface IntervalRow {
  readonly label: string;
  readonly estimate: number;
  /** One-sided intervals leave the open side at -Infinity or Infinity. */
  readonly low: number;
  readonly high: number;
  readonly threshold?: number;
  readonly state?: State;
}

/** Values over time or steps, with the lines that they must keep to. */
export interface LineChart {
  readonly type: 'chart';
  readonly kind: 'line';
  readonly title: string;
  readonly unit?: string;
  /** `time`: x is milliseconds since 1970 (shown in UTC); `number`: x is a count, such as a training step. */
  readonly x: 'time' | 'number';
  readonly xLabel?: string;
  readonly series: readonly LineSeries[];
  readonly thresholds?: readonly { readonly label: string; readonly y: number }[];
}
export interface LineSeries {
  readonly name: string;
  /** In any order; values that are not finite are left out. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Several figures over the same few versions, each on a scale of its own: small charts in HTML, one table in Markdown. */
export interface TrendChart {
  readonly type: 'chart';
  readonly kind: 'trend';
  readonly title: string;
  /** Names of the versions, oldest first. */
  readonly names: readonly string[];
  readonly series: readonly {
    readonly name: string;
    /** One for each name; null where nothing was measured. */
    readonly values: readonly (number | null)[];
    /** The line that the figure must keep to. */
    readonly threshold?: number;
  }[];
}

/** Pairs of texts side by side: what was and what is, each with a note such as a score. */
export interface Compare {
  readonly type: 'compare';
  readonly before: string;
  readonly after: string;
  readonly items: readonly ComparedItem[];
}
export interface ComparedItem {
  /** What both answer, in named parts such as `Input` and `Target`. */
  readonly about: readonly (readonly [name: string, text: string])[];
  readonly before: ComparedSide;
  readonly after: ComparedSide;
}
export interface ComparedSide {
  readonly text: string;
  readonly note: string;
  readonly state?: State;
}

export interface Details {
  readonly type: 'details';
  readonly summary: string;
  readonly blocks: readonly Block[];
}

/** Names and values, one a line. */
export interface Facts {
  readonly type: 'facts';
  readonly facts: readonly (readonly [name: string, value: Cell])[];
}
