/** What published gates were found to do wrong, each asked of ours; those of single readers stand beside the readers. */
import { drawBinomial, Generator } from '@sluice/statistics';
import { expect, test } from 'vitest';
import { digestOf } from '../results/digest.ts';
import type { Results } from '../results/results.ts';
import { TaskBuilder } from '../results/task-builder.ts';
import { decide } from './decide.ts';
import { readGates } from './document.ts';
import { choosePaired } from './tests/choose.ts';

const OPTIONS = { alpha: 0.05, test: 'auto', family: 1 } as const;

function results(scores: ArrayLike<number>): Results {
  const builder = new TaskBuilder('qa');
  for (let i = 0; i < scores.length; i++) {
    const row = builder.item({ content: digestOf('item', String(i)) });
    builder.score(row, 'accuracy', null, scores[i] as number);
  }
  return {
    format: 'test',
    source: 'test',
    evaluator: { name: 'test', version: null },
    model: null,
    tasks: [builder.finish()],
    notes: [],
    texts: async () => [],
  };
}

/** Scores with so many gains and losses against a baseline that is right on the rest. */
function pairs(
  items: number,
  gains: number,
  losses: number,
): { candidate: Float64Array; baseline: Float64Array } {
  return {
    candidate: Float64Array.from({ length: items }, (_, i) => Number(i < gains || i >= gains + losses)),
    baseline: Float64Array.from({ length: items }, (_, i) => Number(i >= gains)),
  };
}

const judged = (gates: string, candidate: ArrayLike<number>, baseline: ArrayLike<number>) =>
  decide({ document: readGates(gates, 'gates'), candidate: results(candidate), baseline: results(baseline) });

const NOT_WORSE = 'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}]';

test('no discordant pair at all is no proof: ten identical answers have an interval of ±26 %, not [0, 0]', async () => {
  const { candidate, baseline } = pairs(10, 0, 0);
  const report = await judged(NOT_WORSE, candidate, baseline);
  expect(report.decision).toBe('undecided');
  expect(report.gates[0]?.interval?.lower).toBeCloseTo(-0.2589, 3);
});

test('a p-value is never over one, whichever version won more', () => {
  for (const [gains, losses] of [
    [12, 2],
    [2, 12],
    [7, 7],
  ] as const) {
    const test = choosePaired({ ...pairs(50, gains, losses), binary: true, clusters: null }, OPTIONS);
    if (test.kind === 'undecided') throw new Error(test.message);
    for (const bound of [-0.1, 0, 0.1]) {
      for (const p of [test.above(bound), test.below(bound)]) {
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }
    }
  }
});

test('the estimate alone never proves a margin, nor does an average without items', async () => {
  const { candidate, baseline } = pairs(100, 5, 9);
  expect((await judged(NOT_WORSE, candidate, baseline)).decision).toBe('undecided'); // -0.04 is above -0.05
  const averages = results([]);
  const average = {
    ...averages,
    tasks: averages.tasks.map((task) => ({
      ...task,
      series: [
        {
          task: 'qa',
          metric: 'accuracy',
          filter: null,
          higherIsBetter: true,
          aggregate: 0.9,
          standardError: 0.001,
          scores: null,
          corpus: null,
        },
      ],
    })),
  };
  const report = await decide({
    document: readGates(NOT_WORSE, 'gates'),
    candidate: average,
    baseline: average,
  });
  expect(report.decision).toBe('undecided');
});

test('a cluster column that is not there is refused, not left out', async () => {
  const { candidate, baseline } = pairs(100, 5, 5);
  await expect(judged(`cluster: passage\n${NOT_WORSE}`, candidate, baseline)).rejects.toThrow(
    /have no column "passage"/,
  );
});

test('a misspelt rule is an error at its place, not a gate that never fires', () => {
  expect(() => readGates('gates: [{metric: accuracy, at-leest: 0.9}]', 'gates.yml')).toThrow(/at-leest/);
});

test('nothing that is merely said beside decides: without a gate that applies nothing is approved', async () => {
  const report = await decide({
    document: readGates(NOT_WORSE, 'gates'),
    candidate: results([1, 1, 1]),
    baseline: null,
    withoutBaseline: 'skip',
  });
  expect(report.decision).toBe('undecided');
});

test('of unchanged models a raw one-point threshold blocks a quarter, ours hardly one', () => {
  const random = Generator.fromSeed(9);
  const runs = 150;
  const [items, discordance] = [200, 0.1];
  let [blocked, rejected] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const losses = drawBinomial(random, items, discordance / 2);
    const gains = drawBinomial(random, items - losses, discordance / 2 / (1 - discordance / 2));
    if ((gains - losses) / items < -0.01) blocked++;
    const test = choosePaired({ ...pairs(items, gains, losses), binary: true, clusters: null }, OPTIONS);
    if (test.kind === 'test' && test.below(-0.01) <= 0.05) rejected++;
  }
  expect(blocked / runs).toBeGreaterThan(0.2);
  expect(rejected / runs).toBeLessThan(0.05);
});

test('a true loss of five points in 500 items, which an unpaired z passes in over half, is shown nine times in ten', () => {
  const random = Generator.fromSeed(4);
  const runs = 200;
  let [shown, passedByZ] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const losses = drawBinomial(random, 500, 0.075);
    const gains = drawBinomial(random, 500 - losses, 0.025 / 0.925);
    const bothRight = drawBinomial(random, 500 - losses - gains, (0.7 - 0.075) / 0.9);
    const share = (right: number): number => right / 500;
    const [a, b] = [share(bothRight + gains), share(bothRight + losses)];
    const z = (a - b) / Math.sqrt((a * (1 - a) + b * (1 - b)) / 499);
    if (z > -1.96) passedByZ++;
    const test = choosePaired({ ...pairs(500, gains, losses), binary: true, clusters: null }, OPTIONS);
    if (test.kind === 'test' && test.below(0) <= 0.05) shown++;
  }
  expect(passedByZ / runs).toBeGreaterThan(0.45);
  expect(shown / runs).toBeGreaterThan(0.9);
});
