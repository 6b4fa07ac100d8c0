const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** What a value of a flat row is. `ESCAPED` is a string that is not its own bytes. */
export const VALUE = { absent: 0, text: 1, escaped: 2, number: 3, true: 4, false: 5, null: 6 } as const;

/** A key where it was seen last: its bytes with the closing quote, and its column (-1: not wanted). */
type SeenKey = { readonly bytes: Uint8Array; readonly column: number };

/**
 * Reads some columns of a row of JSON Lines from its bytes, for rows that are one flat object of texts, numbers and
 * words. It checks that the whole row is JSON and makes no strings, so a row costs little more than its bytes; a row of another
 * kind, or one that is not JSON, is left to `JSON.parse`.
 */
export class FlatRow {
  /** A `VALUE` a column; where it starts (a text: behind its quote) and ends in the bytes of the last `scan`. */
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  private readonly names: readonly Uint8Array[];
  private seen: SeenKey[] = [];
  private bytes: Uint8Array = new Uint8Array();
  private view: DataView = new DataView(new ArrayBuffer(0));
  private end = 0;
  private escaped = false;
  private kind: number = VALUE.absent;

  constructor(columns: readonly string[]) {
    this.names = columns.map((name) => new TextEncoder().encode(name));
    this.kinds = new Uint8Array(columns.length);
    this.starts = new Int32Array(columns.length);
    this.ends = new Int32Array(columns.length);
  }

  /** Scans the row in `bytes` from `from` to `to`; false where it is not a flat object. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.end = to;
    this.kinds.fill(VALUE.absent);
    let at = this.space(from);
    if (at >= to || bytes[at] !== 123) return false;
    at = this.space(at + 1);
    if (bytes[at] === 125) return this.space(at + 1) === to;
    for (let key = 0; ; key++) {
      if (at >= to || bytes[at] !== QUOTE) return false;
      const known = this.seen[key];
      let column: number;
      if (known && this.same(at + 1, known.bytes)) {
        at += 1 + known.bytes.length;
        column = known.column;
      } else {
        const end = this.text(at + 1);
        if (end < 0 || this.escaped) return false;
        column = this.learn(key, at + 1, end);
        at = end;
      }
      at = this.space(at);
      if (at >= to || bytes[at] !== COLON) return false;
      const start = this.space(at + 1);
      at = this.value(start);
      if (at < 0) return false;
      if (column >= 0) {
        const quotes = this.kind <= VALUE.escaped ? 1 : 0;
        this.kinds[column] = this.kind;
        this.starts[column] = start + quotes;
        this.ends[column] = at - quotes;
      }
      at = this.space(at);
      if (at >= to) return false;
      if (bytes[at] === 125) return this.space(at + 1) === to;
      if (bytes[at] !== COMMA) return false;
      at = this.space(at + 1);
    }
  }

  /** The number in a column of kind `number`. */
  number(column: number): number {
    const { bytes } = this;
    const start = this.starts[column] as number;
    const end = this.ends[column] as number;
    if (end - start === 1) return (bytes[start] as number) - ZERO;
    let digits = 0;
    let decimals = -1;
    for (let i = start; i < end; i++) {
      const c = bytes[i] as number;
      if (c >= ZERO && c <= NINE) digits = 10 * digits + c - ZERO;
      else if (c === POINT) decimals = end - i - 1;
      else return this.slow(start, end);
    }
    // both parts are exact below 2^53 and 10^22, so their quotient is rounded once, as JSON.parse rounds
    if (end - start > 16) return this.slow(start, end);
    return decimals > 0 ? digits / (POWERS[decimals] as number) : digits;
  }

  private slow(start: number, end: number): number {
    return Number(
      Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('latin1'),
    );
  }

  /** The first place from `at` on that is no white space. */
  private space(at: number): number {
    const { bytes, end } = this;
    for (let i = at; i < end; i++) {
      const c = bytes[i] as number;
      if (c !== 32 && c !== 9 && c !== 13 && c !== 10) return i;
    }
    return end;
  }

  /** The column of a key that was not seen at this position before. */
  private learn(position: number, start: number, end: number): number {
    // a copy: the next rows may come in the same memory, and a Buffer's slice is a view of it
    const bytes = new Uint8Array(this.bytes.subarray(start, end));
    const name = bytes.subarray(0, -1);
    const column = this.names.findIndex((other) => Buffer.compare(other, name) === 0);
    this.seen[position] = { bytes, column };
    return column;
  }

  private same(at: number, key: Uint8Array): boolean {
    const { bytes } = this;
    if (at + key.length > this.end) return false;
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
    return true;
  }

  /** Behind the closing quote of the text that goes on at `at`; -1 where it is none. */
  private text(at: number): number {
    const { bytes, view, end } = this;
    this.escaped = false;
    for (let i = at; i < end; i++) {
      while (i + 4 <= end && isPlain(view.getInt32(i))) i += 4;
      if (i >= end) return -1;
      const c = bytes[i] as number;
      if (c > BACKSLASH || (c > QUOTE && c < BACKSLASH)) continue;
      if (c === QUOTE) return i + 1;
      if (c < 32) return -1;
      if (c !== BACKSLASH) continue;
      this.escaped = true;
      const what = bytes[++i] as number;
      if (what === LONG) for (let k = 0; k < 4; k++) if (!isHex(bytes[++i] as number)) return -1;
      if (what !== LONG && !ESCAPES.includes(what)) return -1;
    }
    return -1;
  }

  /** Behind the value that starts at `at`, its kind in `kind`; -1 where there is none. */
  private value(at: number): number {
    if (at >= this.end) return -1;
    const c = this.bytes[at] as number;
    if (c === QUOTE) {
      const end = this.text(at + 1);
      this.kind = this.escaped ? VALUE.escaped : VALUE.text;
      return end;
    }
    if (c === MINUS || (c >= ZERO && c <= NINE)) return this.numeral(at);
    for (const [word, kind] of WORDS) {
      if (c !== word[0] || !this.same(at, word)) continue;
      this.kind = kind;
      return at + word.length;
    }
    return -1;
  }

  private numeral(at: number): number {
    const { bytes } = this;
    this.kind = VALUE.number;
    const first = bytes[at] === MINUS ? at + 1 : at;
    let end = this.digits(first);
    if (end === first || (bytes[first] === ZERO && end > first + 1)) return -1;
    if (end < this.end && bytes[end] === POINT) {
      const decimals = end + 1;
      end = this.digits(decimals);
      if (end === decimals) return -1;
    }
    if (end >= this.end || (bytes[end] !== 101 && bytes[end] !== 69)) return end;
    const sign = bytes[end + 1];
    const exponent = end + (sign === MINUS || sign === 43 ? 2 : 1);
    end = this.digits(exponent);
    return end === exponent ? -1 : end;
  }

  /** Behind the digits that start at `at`. */
  private digits(at: number): number {
    const { bytes, end } = this;
    for (let i = at; i < end; i++) {
      const c = bytes[i] as number;
      if (c < ZERO || c > NINE) return i;
    }
    return Math.max(at, end);
  }
}

const LONG = 117;
const ESCAPES = [...'"\\/bfnrt'].map((c) => c.charCodeAt(0));
const WORDS = [
  [new TextEncoder().encode('true'), VALUE.true],
  [new TextEncoder().encode('false'), VALUE.false],
  [new TextEncoder().encode('null'), VALUE.null],
] as const;
const POWERS = Array.from({ length: 17 }, (_, k) => 10 ** k);

/**
 * Whether none of four bytes is a control character, a quote or a backslash. A byte is below n where taking n from it borrows into
 * its highest bit; a borrow from a neighbour can only make a plain word look otherwise (Hacker's Delight, 6-1).
 */
function isPlain(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const slashes = word ^ 0x5c5c5c5c;
  const below =
    ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
  return (below & 0x80808080) === 0;
}

function isHex(c: number): boolean {
  return (c >= ZERO && c <= NINE) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);
}
