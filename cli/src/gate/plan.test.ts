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
