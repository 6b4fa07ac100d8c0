const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const ZERO = 48;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

/**
 * Leaves out the values of some keys of a JSON object while it is still bytes: a row whose prompt is most of it then costs little more
 * than what is wanted of it, in time and in strings that are thrown away.
 */
export class Outline {
  private readonly left: readonly Buffer[];
  private out = Buffer.alloc(4096);
  private size = 0;

  /** @param left the keys whose values are left out */
  constructor(left: readonly string[]) {
    this.left = left.map((key) => Buffer.from(`"${key}"`));
  }

  /**
   * The object in `bytes` from `from` to `to` with 0 in place of what is left out; null where its brackets and quotes do not close as an
   * object's do. What is left out is not checked further.
   */
  of(bytes: Buffer, from: number, to: number): string | null {
    if (bytes[from] !== OPEN) return null;
    if (this.out.length < to - from) this.out = Buffer.alloc(2 * (to - from));
    this.size = 0;
    let kept = from;
    let at = from + 1;
    for (;;) {
      at = afterSpace(bytes, at, to);
      if (bytes[at] !== QUOTE) break;
      const end = afterText(bytes, at, to);
      if (end < 0) return null;
      const leave = this.left.some(
        (key) => key.length === end - at && bytes.compare(key, 0, key.length, at, end) === 0,
      );
      at = afterSpace(bytes, end, to);
      if (bytes[at] !== COLON) return null;
      const start = afterSpace(bytes, at + 1, to);
      at = afterValue(bytes, start, to);
      if (at < 0) return null;
      if (leave) {
        this.copy(bytes, kept, start);
        this.out[this.size++] = ZERO;
        kept = at;
      }
      at = afterSpace(bytes, at, to);
      if (bytes[at] !== COMMA) break;
      at++;
    }
    if (bytes[at] !== CLOSE || afterSpace(bytes, at + 1, to) !== to) return null;
    this.copy(bytes, kept, to);
    return this.out.toString('utf8', 0, this.size);
  }

  private copy(bytes: Buffer, from: number, to: number): void {
    bytes.copy(this.out, this.size, from, to);
    this.size += to - from;
  }
}

function afterSpace(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++;
  return at;
}

/** Behind the text whose quote stands at `from`; -1 where it does not end. */
function afterText(bytes: Buffer, from: number, to: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at >= 0 && at < to; at = bytes.indexOf(QUOTE, at + 1)) {
    let escapes = at;
    while (bytes[escapes - 1] === BACKSLASH) escapes--;
    if ((at - escapes) % 2 === 0) return at + 1;
  }
  return -1;
}

/** Behind a value: a text, what its brackets close, or up to the next comma or bracket; -1 where it does not end. */
function afterValue(bytes: Buffer, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; ) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = afterText(bytes, at, to);
      if (at < 0) return -1;
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
    at++;
  }
  return -1;
}
