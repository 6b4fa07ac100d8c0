import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inMemory } from '../in-memory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
  const rows = Array.from({ length: 200 }, (_, i) =>
    JSON.stringify({ id: `q${i}`, accuracy: i % 5 === 0 ? 0 : 1 }),
  );
  writeFileSync(join(folder, 'live.jsonl'), `${rows.join('\n')}\n`);
  writeFileSync(
    join(folder, 'gates.yaml'),
    'gates:\n  - {metric: accuracy, not-worse-than: baseline, margin: 0.01}\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const plan = (...argv: string[]) => inMemory(['gate', 'plan', ...argv], folder);

it('says what two hundred items can prove', async () => {
  const { exit, stdout } = await plan('--gates', 'gates.yaml', '--baseline', 'live.jsonl', '--json');
  expect(exit).toBe(0);
  const { gates } = JSON.parse(stdout);
  expect(gates[0]).toMatchObject({ items: 200 });
  // a margin of one point needs thousands of items where a tenth of the answers differ
  expect(gates[0].cases[1].itemsNeeded).toBeGreaterThan(5000);
  expect((await plan('--gates', 'gates.yaml', '--baseline', 'live.jsonl')).stdout).toContain(
    gates[0].sentence.slice(0, 20),
  );
});

it('names what is missing', async () => {
  expect(await plan('--gates', 'gates.yaml')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('needs --gates'),
  });
  expect(await plan('--gates', 'no.yaml', '--baseline', 'live.jsonl')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('no.yaml cannot be read'),
  });
});

it('scores predictions as the gates ask', async () => {
  const rows = Array.from({ length: 200 }, (_, i) =>
    JSON.stringify({ key: `q${i}`, said: i % 5 ? 'yes' : 'no', wanted: 'yes' }),
  );
  writeFileSync(join(folder, 'predictions.jsonl'), `${rows.join('\n')}\n`);
  const gates = `scores: [accuracy]
columns: {id: key, answer: said, target: wanted}
gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}]
`;
  writeFileSync(join(folder, 'scored.yaml'), gates);
  const { exit, stdout } = await plan('--gates', 'scored.yaml', '--baseline', 'predictions.jsonl', '--json');
  expect(exit).toBe(0);
  expect(JSON.parse(stdout).gates[0]).toMatchObject({ items: 200 });
});

it('plans each slice with its own items, and says which margin they could prove', async () => {
  const rows = Array.from({ length: 200 }, (_, i) =>
    JSON.stringify({ id: `q${i}`, accuracy: i % 5 === 0 ? 0 : 1, language: i % 10 === 0 ? 'zh' : 'en' }),
  );
  writeFileSync(join(folder, 'live.jsonl'), `${rows.join('\n')}\n`);
  writeFileSync(
    join(folder, 'gates.yaml'),
    `gates:
  - {metric: accuracy, not-worse-than: baseline, margin: 0.05, per: language}
  - {metric: accuracy, not-worse-than: baseline, margin: 0.02}
  - {metric: accuracy, at-least: 0.75, proven: true}
  - {metric: latency_p99_ms, at-most: 500}
`,
  );
  const told = await plan('--gates', 'gates.yaml', '--baseline', 'live.jsonl', '--json');
  const { gates, jointPower } = JSON.parse(told.stdout);
  expect(gates.map((gate: { slice: string; items: number }) => [gate.slice, gate.items])).toEqual([
    ['zh', 20],
    ['en', 180],
    [null, 200],
    [null, 200],
    [null, 0],
  ]);
  expect(gates[0].sentence).toContain(
    'passes unless a loss over the margin is shown, and 20 items show one of',
  );
  // twenty identical pairs prove no margin under 1 - 0.05^(1/20)
  expect(gates[0].cases[0].provable).toBeCloseTo(1 - 0.05 ** (1 / 20), 12);
  expect(gates[2].sentence).toContain('they could prove a margin of 0.056');
  // what passes unless a loss is shown needs no proof
  expect(jointPower.independent).toBeCloseTo(gates[2].cases[1].chance * gates[3].cases[0].chance, 12);
  expect(gates[3].cases[0].itemsNeeded).toBeGreaterThan(300);
  expect(gates[4].sentence).toContain('a measurement of the candidate decides');
});
