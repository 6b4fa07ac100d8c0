import { UserError } from '@sluice/contract';
import type { TestPlan } from '@sluice/statistics';
import type { Look } from '../early/look.ts';
import type { LabelColumn } from '../results/label-column.ts';
import type { Results, Task } from '../results/results.ts';
import type { GateSpec, GatesDocument } from './document.ts';
import type { Comparability } from './outcome.ts';

/** All that the gates are judged on. */
export interface GateContext {
  readonly document: GatesDocument;
  readonly candidate: Results;
  readonly baseline: Results | null;
  /** What a gate on a baseline says when there is none. */
  readonly withoutBaseline: 'reject' | 'skip';
  /** Figures measured elsewhere (latency, memory), by name. */
  readonly measurements: ReadonlyMap<string, number>;
  readonly comparability: Comparability;
  /** One-sided level. */
  readonly alpha: number;
  readonly plan: TestPlan;
  /** Which look at a part of the items this is; null where all were evaluated. */
  readonly look: Look | null;
  /** How many hypotheses are tested. */
  readonly family: number;
}

/** The labels of a slice or cluster column, by the task's rows. */
export function columnOf(task: Task, name: string, source: string): LabelColumn {
  const column = task.items?.slices.get(name);
  if (!column) throw new UserError(`${source}: the items of ${task.name} have no column "${name}"`);
  return column;
}

/** The cluster of each row, or null when the items are independent. */
export function clustersOf(
  context: GateContext,
  gate: GateSpec,
  task: Task,
  rows: Int32Array,
): Int32Array | null {
  const name = gate.cluster ?? context.document.cluster;
  if (name === undefined) return null;
  const column = columnOf(task, name, context.candidate.source);
  return rows.map((row) => column.code(row));
}

/** The positions in `rows` of each slice of a gate; one entry without a label where the gate has no `per`. */
export function slicesOf(
  context: GateContext,
  gate: GateSpec,
  task: Task,
  rows: Int32Array,
): { label: string | null; positions: Int32Array }[] {
  if (gate.per === undefined) return [{ label: null, positions: allOf(rows.length) }];
  const column = columnOf(task, gate.per, context.candidate.source);
  const positions = column.labels.map((): number[] => []);
  for (const [i, row] of rows.entries()) positions[column.code(row)]?.push(i);
  return column.labels.map((label, code) => ({ label, positions: Int32Array.from(positions[code] ?? []) }));
}

/** The values at some positions, which ascend; where they are all of them, the very values. */
export function pick<T extends Float64Array | Int32Array>(values: T, positions: Int32Array): T {
  if (positions.length === values.length) return values;
  const picked = values.slice(0, positions.length) as T;
  for (let i = 0; i < positions.length; i++) picked[i] = values[positions[i] as number] as number;
  return picked;
}

function allOf(length: number): Int32Array {
  const positions = new Int32Array(length);
  for (let i = 0; i < length; i++) positions[i] = i;
  return positions;
}
