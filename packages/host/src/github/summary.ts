import { appendFileSync, statSync } from 'node:fs';

/** What one step may write: the runner drops a summary over 1 MiB whole, with the step still green. */
export const summaryBudget = 1_000_000;

/** Below this no report says anything. */
const leastUseful = 1_000;

/** The step's summary file, shared by all reports of a step within one budget. */
export class StepSummary {
  readonly #path: string;
  #left: number;

  constructor(path: string) {
    this.#path = path;
    this.#left = summaryBudget - sizeOf(path);
  }

  /**
   * Appends what `render` makes of the room that is left, in bytes. `cut` may lengthen a text (a short secret is
   * replaced by a longer mark), so a text that came out too long is rendered again for less. False: no room.
   */
  add(render: (maxBytes: number) => string, cut: (text: string) => string): boolean {
    for (let room = this.#left - 1; room >= leastUseful; room = Math.floor(room * 0.7)) {
      const text = `${cut(render(room))}\n`;
      const bytes = Buffer.byteLength(text);
      if (bytes > this.#left) continue;
      appendFileSync(this.#path, text);
      this.#left -= bytes;
      return true;
    }
    return false;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
