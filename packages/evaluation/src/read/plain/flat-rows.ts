import { digestInto, keyOfIdBytes } from '../../results/item-key.ts';
import type { SeriesScores, TaskBuilder } from '../../results/task-builder.ts';
import { FlatRow, VALUE } from '../../text/flat-row.ts';
import type { Columns } from './columns.ts';

const ZERO = 48;
const NINE = 57;
const FEW = 4096;

/** Where the columns of a role lie in the scanned row; -1: the file has none. */
interface Places {
  readonly id: number;
  readonly input: number;
  readonly target: number;
  readonly task: number;
  readonly error: number;
  readonly scores: readonly number[];
  readonly slices: readonly number[];
}

/**
 * Takes rows of a plain file from their bytes, with the same outcome as from their parsed form and several times
 * faster. What is out of the ordinary (nested values, escaped texts, errors, scores that are words) it leaves alone.
 */
export class FlatRows {
  private readonly row: FlatRow;
  private readonly places: Places;
  private readonly columns: Columns;
  private readonly slices: readonly string[];
  private readonly builderOf: (task: string) => TaskBuilder;
  private readonly id = new Uint32Array(4);
  private readonly content = new Uint32Array(4);
  private text = Buffer.alloc(4096);
  /** The text's beginnings by their length: making one a row would cost as much as scanning the row. */
  private readonly views: Buffer[] = [];
  private builder: TaskBuilder | null = null;
  private series: SeriesScores[] = [];

  constructor(columns: Columns, slices: readonly string[], builderOf: (task: string) => TaskBuilder) {
    const names: string[] = [];
    const place = (name: string | null): number => (name === null ? -1 : names.push(name) - 1);
    this.places = {
      id: place(columns.id),
      input: place(columns.input),
      target: place(columns.target),
      task: place(columns.task),
      error: place(columns.error),
      scores: columns.scores.map(place),
      slices: slices.map(place),
    };
    // a column that has two roles is scanned for the first alone
    this.row = new FlatRow(new Set(names).size === names.length ? names : []);
    this.columns = columns;
    this.slices = slices;
    this.builderOf = builderOf;
  }

  /** Takes the row, or returns false and has changed nothing. */
  take(bytes: Buffer, from: number, to: number, at: number, onlyTask: string): boolean {
    const { row, places } = this;
    if (row.kinds.length === 0 || !row.scan(bytes, from, to) || !this.usual(bytes)) return false;
    const builder = this.builderOf(places.task < 0 ? onlyTask : this.textAt(bytes, places.task));
    if (builder !== this.builder) {
      this.builder = builder;
      this.series = this.columns.scores.map((metric) => builder.column(metric, null));
    }
    if (places.id >= 0)
      keyOfIdBytes(bytes, row.starts[places.id] as number, row.ends[places.id] as number, this.id);
    if (places.input >= 0) this.digestContent(bytes);
    const item = builder.items.addKey(
      places.id < 0 ? null : this.id,
      places.input < 0 ? null : this.content,
      at,
    );
    for (let i = 0; i < this.slices.length; i++)
      builder.items.setSlice(item, this.slices[i] as string, this.textAt(bytes, places.slices[i] as number));
    for (let i = 0; i < places.scores.length; i++)
      builder.scoreIn(this.series[i] as SeriesScores, item, this.score(places.scores[i] as number));
    return true;
  }

  private usual(bytes: Buffer): boolean {
    const { kinds, starts, ends } = this.row;
    const { id, input, target, task, error, scores, slices } = this.places;
    if (id >= 0 && !(this.isText(bytes, id) && ends[id] !== starts[id])) return false;
    if (input >= 0 && !(this.isText(bytes, input) && (id >= 0 || ends[input] !== starts[input])))
      return false;
    if (target >= 0 && !this.isText(bytes, target)) return false;
    if (task >= 0 && !this.isText(bytes, task)) return false;
    const failed = error < 0 ? VALUE.absent : (kinds[error] as number);
    if (failed !== VALUE.absent && failed !== VALUE.null && failed !== VALUE.false) return false;
    for (const place of scores) {
      const kind = kinds[place];
      if (kind === VALUE.escaped || (kind === VALUE.text && ends[place] !== starts[place])) return false;
    }
    for (const place of slices) if (!this.isText(bytes, place)) return false;
    return true;
  }

  /** Whether the bytes of a value are its text: a text without escapes, or a number of digits alone. */
  private isText(bytes: Buffer, place: number): boolean {
    const { kinds, starts, ends } = this.row;
    const kind = kinds[place];
    if (kind === VALUE.text) return true;
    const [start, end] = [starts[place] as number, ends[place] as number];
    if (kind !== VALUE.number || end - start > 15) return false;
    for (let i = start; i < end; i++) {
      const c = bytes[i] as number;
      if (c < ZERO || c > NINE) return false;
    }
    return true;
  }

  private score(place: number): number | null {
    switch (this.row.kinds[place]) {
      case VALUE.number:
        return this.row.number(place);
      case VALUE.true:
        return 1;
      case VALUE.false:
        return 0;
      default:
        return null;
    }
  }

  private textAt(bytes: Buffer, place: number): string {
    return bytes.toString('utf8', this.row.starts[place], this.row.ends[place]);
  }

  /** The digest of input and target, each closed by a NUL: what `digestOf` gives of their texts. */
  private digestContent(bytes: Buffer): void {
    const { starts, ends } = this.row;
    const { input, target } = this.places;
    const [inputStart, inputEnd] = [starts[input] as number, ends[input] as number];
    const [targetStart, targetEnd] = target < 0 ? [0, 0] : [starts[target] as number, ends[target] as number];
    const size = inputEnd - inputStart + targetEnd - targetStart + 2;
    if (size > this.text.length) {
      this.text = Buffer.alloc(2 * size);
      this.views.length = 0;
    }
    let to = bytes.copy(this.text, 0, inputStart, inputEnd);
    this.text[to++] = 0;
    to += bytes.copy(this.text, to, targetStart, targetEnd);
    this.text[to++] = 0;
    const view = this.views[to] ?? this.text.subarray(0, to);
    if (to < FEW) this.views[to] = view;
    digestInto(this.content, view);
  }
}
