/** One line of a program's progress. */
export type ProgramEvent =
  | {
      readonly event: 'started';
      readonly steps: number;
      readonly examples: number;
      readonly dropped: number;
      readonly trainableParameters: number;
      readonly device: string;
      readonly precision: string;
      readonly resumedFrom: number | null;
    }
  | {
      readonly event: 'step';
      readonly step: number;
      readonly of: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly epoch: number;
    }
  /** Lines of the dataset that are longer than the model may see: no answer is left in them. */
  | {
      readonly event: 'dropped';
      readonly lines: readonly number[];
      readonly count: number;
      readonly maxLength: number;
    }
  | { readonly event: 'stage'; readonly name: 'merged' | 'quantized' | 'reloaded' }
  /** Something the user can mend; the program ends with status 2. */
  | { readonly event: 'invalid'; readonly message: string };

const known = new Set(['started', 'step', 'dropped', 'stage', 'invalid']);

/** The event of a line; undefined for a line that is a library's own talk. */
export function readEvent(line: string): ProgramEvent | undefined {
  if (!line.startsWith('{"event"')) return undefined;
  try {
    const value = JSON.parse(line) as ProgramEvent;
    return known.has(value.event) ? value : undefined;
  } catch {
    return undefined;
  }
}
