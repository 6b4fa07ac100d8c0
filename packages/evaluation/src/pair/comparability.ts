import type { Comparability } from '../gates/outcome.ts';
import type { Items } from '../results/items.ts';
import type { ItemText, Results, Task } from '../results/results.ts';
import { visible } from '../text/visible.ts';

/** What may differ between the two sides. */
export interface Allowed {
  readonly dataset: 'fixed' | 'may-differ';
  readonly prompts: 'same' | 'may-differ';
}

/**
 * Whether two sets of results were made on the same items, with the same scorer and the same prompts, as far as their
 * files say. Only the tasks named are looked at.
 *
 * @param partly the candidate was evaluated on a part of the items
 */
export async function comparabilityOf(
  candidate: Results,
  baseline: Results,
  tasks: readonly string[],
  allowed: Allowed,
  partly = false,
): Promise<Comparability> {
  const reasons: string[] = [];
  let firstDifference: string | null = null;
  for (const name of tasks) {
    const a = candidate.tasks.find((task) => task.name === name);
    const b = baseline.tasks.find((task) => task.name === name);
    if (!a || !b) continue;
    if (allowed.dataset === 'fixed') {
      const difference = a.items && b.items ? differingItem(a.items, b.items, partly) : null;
      if (difference && !failedOnly(difference, a, b)) {
        reasons.push(`${name}: the items are not the same (${difference.count})`);
        firstDifference ??= await describe(difference, { candidate, baseline }, { a, b });
      }
      const scorers = [a.settings.scorer, b.settings.scorer];
      if (scorers[0] !== undefined && scorers[1] !== undefined && scorers[0] !== scorers[1]) {
        reasons.push(`${name}: the scorer's version or options differ`);
      }
    }
    if (allowed.prompts === 'same') reasons.push(...promptDifferences(name, a, b));
  }
  return { comparable: reasons.length === 0, reasons, firstDifference };
}

/** Whether all that one side lacks are items that failed in its evaluator and have no row: they are missing, not others. */
function failedOnly({ onlyA, onlyB, changed }: Difference, a: Task, b: Task): boolean {
  return changed === 0 && onlyA <= failedWithoutRow(b) && onlyB <= failedWithoutRow(a);
}

/** EvalScope's reviews leave failed items out, and only their number is known. */
function failedWithoutRow({ items, series, errored }: Task): number {
  let left = errored;
  for (let row = 0; items && left > 0 && row < items.size; row++)
    if (series.every(({ scores }) => (scores?.count(row) ?? 0) === 0)) left--;
  return left;
}

interface Difference {
  readonly side: 'candidate' | 'baseline' | 'both';
  readonly row: number;
  readonly otherRow: number;
  readonly count: string;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly changed: number;
}

function differingItem(a: Items, b: Items, partly: boolean): Difference | null {
  let onlyA = 0;
  let changed = 0;
  let first: Pick<Difference, 'side' | 'row' | 'otherRow'> | null = null;
  const others = a.rowsIn(b);
  for (let row = 0; row < a.size; row++) {
    const other = others[row] as number;
    if (other < 0) {
      onlyA++;
      first ??= { side: 'candidate', row, otherRow: -1 };
      continue;
    }
    if (!a.sameContent(row, b, other)) {
      changed++;
      first ??= { side: 'both', row, otherRow: other };
    }
  }
  const onlyB = partly ? 0 : b.size - (a.size - onlyA);
  if (onlyB > 0 && !first) first = { side: 'baseline', row: -1, otherRow: firstUnmatched(b, a) };
  if (!first) return null;
  const parts = [
    onlyA > 0 ? `${onlyA} only in the candidate` : '',
    onlyB > 0 ? `${onlyB} only in the baseline` : '',
    changed > 0 ? `${changed} with the same id and another input or target` : '',
  ];
  return { ...first, count: parts.filter((p) => p !== '').join(', '), onlyA, onlyB, changed };
}

function firstUnmatched(items: Items, others: Items): number {
  for (let row = 0; row < items.size; row++) if (others.keys.findRow(items.keys, row) < 0) return row;
  return -1;
}

async function describe(
  difference: Difference,
  results: { candidate: Results; baseline: Results },
  tasks: { a: Task; b: Task },
): Promise<string> {
  const [one] = difference.row < 0 ? [] : await results.candidate.texts(tasks.a, [difference.row]);
  const [two] = difference.otherRow < 0 ? [] : await results.baseline.texts(tasks.b, [difference.otherRow]);
  const show = (text: ItemText | undefined): string =>
    text ? `${cut(text.input)} → ${cut(text.target)}` : 'an item whose text the file does not hold';
  if (difference.side === 'candidate') {
    const here = `only in the candidate: ${show(one)}`;
    if (difference.onlyB === 0 || !tasks.a.items || !tasks.b.items) return here;
    const [other] = await results.baseline.texts(tasks.b, [firstUnmatched(tasks.b.items, tasks.a.items)]);
    return `${here}; only in the baseline: ${show(other)}`;
  }
  if (difference.side === 'baseline') return `only in the baseline: ${show(two)}`;
  return `candidate: ${show(one)}; baseline: ${show(two)}`;
}

function cut(text: string): string {
  const line = visible(text.replace(/\s+/g, ' ').trim());
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function promptDifferences(name: string, a: Task, b: Task): string[] {
  const hint = 'if that is meant, write `prompts: may-differ`';
  const { settings: p } = a;
  const { settings: q } = b;
  if (p.fewShot !== undefined && q.fewShot !== undefined && p.fewShot !== q.fewShot) {
    return [`${name}: ${p.fewShot} few-shot examples against ${q.fewShot}; ${hint}`];
  }
  if (p.chatTemplate !== undefined && q.chatTemplate !== undefined && p.chatTemplate !== q.chatTemplate) {
    return [`${name}: the chat templates differ; ${hint}`];
  }
  if (p.prompts !== undefined && q.prompts !== undefined && p.prompts !== q.prompts) {
    return [`${name}: the prompt templates or their settings differ; ${hint}`];
  }
  const [x, y] = [a.items?.promptsDigest(), b.items?.promptsDigest()];
  if (
    x &&
    y &&
    x !== y &&
    a.items?.size === b.items?.size &&
    a.items?.fingerprint() === b.items?.fingerprint()
  )
    return [`${name}: the prompts that the models saw differ; ${hint}`];
  return [];
}
