import { digestOf } from '../results/digest.ts';
import type { Results, Settings } from '../results/results.ts';
import { TaskBuilder } from '../results/task-builder.ts';
import { decide } from './decide.ts';
import { readGates } from './document.ts';
import type { GateReport } from './outcome.ts';

export interface Item {
  readonly id?: string;
  readonly scores: Record<string, number | null>;
  readonly slices?: Record<string, string>;
}

interface Extra {
  readonly settings?: Settings;
  readonly incomplete?: number;
  readonly aggregate?: number;
}

export function resultsOf(items: readonly Item[], extra: Extra = {}): Results {
  const builder = new TaskBuilder('qa');
  for (const [i, item] of items.entries()) {
    const row = builder.item({ content: digestOf('item', item.id ?? String(i)) });
    for (const [metric, score] of Object.entries(item.scores)) builder.score(row, metric, null, score);
    for (const [name, label] of Object.entries(item.slices ?? {})) builder.items.setSlice(row, name, label);
  }
  if (extra.aggregate !== undefined) builder.print('accuracy', null, { aggregate: extra.aggregate });
  return {
    format: 'test',
    source: 'test',
    evaluator: { name: 'test', version: null },
    model: null,
    tasks: [builder.finish({ settings: extra.settings ?? {}, incomplete: extra.incomplete ?? 0 })],
    notes: [],
    texts: async (_, rows) => rows.map((row) => ({ input: `input ${row}`, target: 't', answer: 'a' })),
  };
}

/** n items of which the first `right` are right. */
export const shares = (n: number, right: number, metric = 'accuracy'): Item[] =>
  Array.from({ length: n }, (_, i) => ({ scores: { [metric]: i < right ? 1 : 0 } }));

/** Items of which b are gained and c lost against `base`. */
export function flipped(base: readonly Item[], b: number, c: number): Item[] {
  let [gains, losses] = [b, c];
  return base.map((item) => {
    const old = item.scores.accuracy as number;
    const change = old === 0 ? gains-- > 0 : losses-- > 0;
    return { ...item, scores: { accuracy: change ? 1 - old : old } };
  });
}

export async function judge(
  gates: string,
  candidate: Results,
  baseline: Results | null = null,
  measurements = new Map<string, number>(),
): Promise<GateReport> {
  return decide({ document: readGates(gates, 'gates.yaml'), candidate, baseline, measurements });
}
