import { UserError } from '@sluice/contract';
import { CORPUS_STATISTICS, type CorpusKind } from '../scorers/corpus-statistics.ts';
import type { CorpusColumn, CorpusPart } from './corpus-column.ts';

/** More labels than this are no labels but texts. */
const MOST_LABELS = 1000;

/** A figure of labels (macro F1): each item's predicted and true label. Three counts a label: right, said, wanted. */
export class ConfusionColumn implements CorpusColumn {
  readonly kind: CorpusKind;
  readonly statistic: (sums: ArrayLike<number>) => number;
  readonly labels: string[] = [];
  private readonly codes = new Map<string, number>();
  /** Codes from 1; 0: the item has none. */
  private said = new Uint16Array(64);
  private wanted = new Uint16Array(64);
  private row = new Float64Array();

  constructor(kind: CorpusKind) {
    this.kind = kind;
    this.statistic = CORPUS_STATISTICS[kind].statistic;
  }

  get width(): number {
    return 3 * this.labels.length;
  }

  set(row: number, part: CorpusPart): void {
    const [said, wanted] = part as readonly [string, string];
    if (row >= this.said.length) {
      this.said = grown(this.said, row);
      this.wanted = grown(this.wanted, row);
    }
    this.said[row] = this.code(said);
    this.wanted[row] = this.code(wanted);
  }

  has(row: number): boolean {
    return (this.said[row] ?? 0) > 0;
  }

  at(row: number): Float64Array {
    if (this.row.length !== this.width) this.row = new Float64Array(this.width);
    this.row.fill(0);
    this.add(this.row, row);
    return this.row;
  }

  part(row: number): CorpusPart {
    return [this.label(this.said[row]), this.label(this.wanted[row])];
  }

  figure(size: number): number {
    const sums = new Float64Array(this.width);
    for (let row = 0; row < size; row++) if (this.has(row)) this.add(sums, row);
    return this.statistic(sums);
  }

  private add(counts: Float64Array, row: number): void {
    const said = (this.said[row] as number) - 1;
    const wanted = (this.wanted[row] as number) - 1;
    const bump = (at: number): void => {
      counts[at] = (counts[at] as number) + 1;
    };
    if (said === wanted) bump(3 * said);
    bump(3 * said + 1);
    bump(3 * wanted + 2);
  }

  private label(code: number | undefined): string {
    return this.labels[(code ?? 0) - 1] as string;
  }

  private code(label: string): number {
    const known = this.codes.get(label);
    if (known !== undefined) return known;
    if (this.labels.length >= MOST_LABELS)
      throw new UserError(
        `${this.kind} is of labels, and there are more than ${MOST_LABELS} different ones; these look like texts (${JSON.stringify(label.slice(0, 60))}), for which squad_f1 or rougeL are meant`,
      );
    this.labels.push(label);
    this.codes.set(label, this.labels.length);
    return this.labels.length;
  }
}

function grown(old: Uint16Array, row: number): Uint16Array<ArrayBuffer> {
  const wider = new Uint16Array(Math.max(row + 1, 2 * old.length));
  wider.set(old);
  return wider;
}
