import { setTimeout as sleep } from 'node:timers/promises';

const COLOURS = { green: 32, red: 31, yellow: 33, grey: 90, bold: 1 } as const;
type Colour = keyof typeof COLOURS;

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const MARKS = { done: ['✓', 'green'], refused: ['■', 'yellow'], failed: ['✗', 'red'] } as const;
export type Mark = keyof typeof MARKS;

export interface Step {
  /** What it is doing now; shown on a terminal while it runs. */
  now(text: string): void;
  end(mark: Mark, text?: string): void;
}

/**
 * The terminal. One line for each step, with how long it took; on a real terminal the line of the step that is under way moves.
 */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #colours: boolean;
  #moving = '';
  readonly timings: { readonly step: string; readonly ms: number }[] = [];
  /** A few words for the end of the moving line, such as how many users are there. */
  aside: () => string = () => '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#live = out.isTTY === true && process.env['TERM'] !== 'dumb';
    this.#colours = this.#live && !process.env['NO_COLOR'];
  }

  paint(colour: Colour, text: string): string {
    return this.#colours ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  }

  line(text = ''): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  title(text: string, aim?: string): void {
    this.line();
    this.line(this.paint('bold', text));
    if (aim !== undefined) this.line(this.paint('grey', aim));
  }

  /** A remark about what happens under the step that is running. */
  say(text: string): void {
    this.line(this.paint('grey', `    ${this.#cut(text, 4)}`));
  }

  /** A step that is under way until its `end` is called. */
  step(name: string): Step {
    const began = performance.now();
    let doing = '';
    let over = false;
    const spin = async () => {
      for (let i = 0; !over; i++) {
        const took = seconds(performance.now() - began);
        this.#clear();
        const text = `  ${FRAMES[i % FRAMES.length]} ${name.padEnd(NAME)} ${took.padStart(7)}  `;
        const aside = this.aside();
        const room = (this.#out.columns || 100) - text.length - aside.length - 3;
        const shown = shortened(doing, Math.max(0, room));
        this.#moving = `${text}${shown}${' '.repeat(Math.max(1, room + 1 - width(shown)))}${this.paint('grey', aside)}`;
        this.#out.write(this.#moving);
        await sleep(120);
      }
    };
    if (this.#live) void spin();
    return {
      now: (text) => {
        doing = text;
      },
      end: (mark, text = '') => {
        if (over) return;
        over = true;
        const ms = performance.now() - began;
        this.timings.push({ step: name, ms });
        const [sign, colour] = MARKS[mark];
        const head = `  ${this.paint(colour, sign)} ${name.padEnd(NAME)} ${this.paint('grey', seconds(ms).padStart(7))}  `;
        this.line(`${head}${this.#cut(text, NAME + 14)}`);
      },
    };
  }

  /** Does the work as a step; `words` says its result. */
  async during<T>(
    name: string,
    work: (step: Step) => Promise<T>,
    words: (result: T) => string = () => '',
  ): Promise<T> {
    const step = this.step(name);
    try {
      const result = await work(step);
      step.end('done', words(result));
      return result;
    } catch (error) {
      step.end('failed');
      throw error;
    }
  }

  table(columns: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = columns.map((name, i) =>
      Math.max(...[[...columns], ...rows].map((row) => (row[i] ?? '').length), name.length),
    );
    const shown = (row: readonly string[]) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] as number))
        .join('   ')
        .trimEnd();
    this.line(`  ${this.paint('bold', shown(columns))}`);
    for (const row of rows) this.line(`  ${shown(row)}`);
  }

  #cut(text: string, indent: number): string {
    const room = this.#live ? (this.#out.columns || 100) - indent : Number.POSITIVE_INFINITY;
    return shortened(text, Math.max(1, room));
  }

  #clear(): void {
    if (this.#moving === '') return;
    this.#moving = '';
    this.#out.write('\r\u001b[2K');
  }
}

const NAME = 18;

// East Asian Width (UAX #11), the blocks that an answer of a model is likely to hold
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** Columns of a terminal that a text takes. */
export function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

/** A text of at most so many columns, `…` where it was cut. */
export function shortened(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY || width(text) <= columns) return text;
  let taken = '';
  let used = 1;
  for (const character of text) {
    used += width(character);
    if (used > columns) break;
    taken += character;
  }
  return columns < 1 ? '' : `${taken}…`;
}

/** `4.2 s`, from a minute on `1 m 5 s`. */
export function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 60 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(whole / 60)} m ${whole % 60} s`;
}
