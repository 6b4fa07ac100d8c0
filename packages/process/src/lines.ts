import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is cut: one broken program must not fill the memory of the job. */
const longestLine = 64 * 1024;

/**
 * Cuts a byte stream into lines of text. A lone carriage return starts the line anew, as a terminal
 * shows it, so that a progress bar is one line and not a thousand.
 */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #emit: (line: string) => void;
  readonly #longest: number;
  #rest = '';

  constructor(emit: (line: string) => void, longest: number = longestLine) {
    this.#emit = emit;
    this.#longest = longest;
  }

  push(bytes: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#emit(shown(part, this.#longest));
    if (this.#rest.length > this.#longest) this.#rest = lastRewrite(this.#rest).slice(0, this.#longest);
  }

  /** The stream has ended: what stands after the last line feed is a line too. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (rest !== '') this.#emit(shown(rest, this.#longest));
  }
}

function shown(part: string, longest: number): string {
  const line = lastRewrite(part.endsWith('\r') ? part.slice(0, -1) : part);
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

function lastRewrite(line: string): string {
  return line.slice(line.lastIndexOf('\r') + 1);
}

/** The last lines of an output, the part of a failed program's output that says why. */
export class Tail {
  readonly #lines: string[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: string): void {
    if (this.#limit === 0) return;
    if (this.#lines.length === this.#limit) this.#lines.shift();
    this.#lines.push(line);
  }

  get lines(): string[] {
    return [...this.#lines];
  }
}

/** The first bytes of a stream, up to a limit. */
export class Head {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  #size = 0;
  truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(bytes: Buffer): void {
    const room = this.#limit - this.#size;
    if (bytes.length > room) this.truncated = true;
    if (room <= 0) return;
    const kept = bytes.subarray(0, room);
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
