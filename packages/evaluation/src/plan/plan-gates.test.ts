import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGates } from '../gates/document.ts';
import { readResults } from '../read/read-results.ts';
import { planGates } from './plan-gates.ts';

async function baseline(n: number, row: (i: number) => object) {
  const path = join(await mkdtemp(join(tmpdir(), 'plan-')), 'b.jsonl');
  await writeFile(
    path,
    Array.from({ length: n }, (_, i) => `${JSON.stringify({ id: `i${i}`, ...row(i) })}\n`).join(''),
  );
  return readResults(path, { slices: ['language'] });
}

const row = (i: number) => ({
  accuracy: i % 5 ? 1 : 0,
  toxicity: i % 200 ? 0 : 1,
  score: (i % 10) / 10,
  language: i % 4 ? 'en' : 'zh',
});

test('247 items prove a margin of 0.05 in 80 of 100 when 10 % differ; 200 do not', async () => {
  const gates = readGates('gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}]', 'g');
  const [gate] = planGates(gates, await baseline(248, row)).gates;
  expect(gate?.cases[1]).toMatchObject({
    itemsNeeded: 248,
    assumed: '10 % of the items are answered differently',
  });
  expect(gate?.cases[1]?.chance).toBeCloseTo(0.8, 2);
  const smaller = planGates(gates, await baseline(200, row)).gates[0];
  expect(smaller?.cases[1]?.chance).toBeLessThan(0.73);
  expect(smaller?.sentence).toContain('248 items are needed for 80 %');
});

test('a share under 1 % needs 299 items without any event', async () => {
  const gates = readGates('gates: [{metric: toxicity, at-most: 0.01, proven: true}]', 'g');
  const none = await baseline(250, (i) => ({ ...row(i), toxicity: 0 }));
  expect(planGates(gates, none).gates[0]?.cases[0]).toMatchObject({ itemsNeeded: 299, chance: 0 });
  // at a true share of 0.8 % events are on their way: 299 would do in one of eleven
  const { itemsNeeded } = planGates(gates, await baseline(250, row)).gates[0]?.cases[0] ?? {};
  expect(itemsNeeded).toBeGreaterThan(10_000);
});

test('each slice has its own plan, and the chances multiply', async () => {
  const gates = readGates(
    'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1, per: language, proven: true}, {metric: score, better-than: baseline}]',
    'g',
  );
  const plan = planGates(gates, await baseline(400, row));
  expect(plan.gates.map((gate) => [gate.slice, gate.items])).toEqual([
    ['zh', 100],
    ['en', 300],
    [null, 400],
  ]);
  const [zh, en] = plan.gates.map((gate) => gate.cases[1]?.chance as number);
  expect(plan.jointPower?.independent).toBeCloseTo((zh as number) * (en as number), 12);
});

test('a metric that the baseline has not is an error', async () => {
  const gates = readGates('gates: [{metric: acuracy, not-worse-than: baseline, margin: 0.1}]', 'g');
  const results = await baseline(10, row);
  expect(() => planGates(gates, results)).toThrow(/has no metric "acuracy"/);
});

test('items in clusters are not planned as independent ones: under five of them decide nothing', async () => {
  const gates = readGates(
    'cluster: language\ngates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1}]',
    'g',
  );
  const few = planGates(gates, await baseline(400, row));
  expect(few.gates[0]?.sentence).toContain('nothing can be decided, the 400 items come in 2 clusters');
  expect(few.jointPower?.independent).toBe(0);
  const many = planGates(gates, await baseline(400, (i) => ({ ...row(i), language: `l${i % 40}` })));
  expect(many.gates[0]?.sentence).toMatch(/they come in 40 clusters, .* it may be less/);
  expect(many.gates[0]?.cases[1]?.chance).toBeGreaterThan(0.9);
});
