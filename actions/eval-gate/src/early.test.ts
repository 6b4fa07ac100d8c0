import { parseInputs } from '@sluice/contract';
import { testHost } from '@sluice/host';
import { expect, test } from 'vitest';
import { definition } from './definition.ts';
import { run } from './run.ts';

const ITEMS = 200;

/** Every third item is wrong on both sides; `which` is what the program evaluates of the `asked` places. */
const script = (which: string): string => `const fs = require('fs');
const asked = JSON.parse(fs.readFileSync(process.argv[3], 'utf8')).all;
const right = (id) => id % 3 > 0;
const rows = (${which}).map((id) => JSON.stringify({ id, accuracy: right(id) ? 1 : 0 }) + '\\n');
fs.writeFileSync(process.argv[2] + '/r.jsonl', rows.join(''));`;

/** A gate with \`stop\` on a program that evaluates `which` of the items that it is asked for. */
async function stopped(which: string, gates = '', more: readonly object[] = []) {
  using host = testHost({ action: 'eval-gate' });
  host.write('evaluate.cjs', script(which));
  const rows = Array.from({ length: ITEMS }, (_, id) => JSON.stringify({ id, accuracy: id % 3 > 0 ? 1 : 0 }));
  rows.push(...more.map((row) => JSON.stringify(row)));
  host.write('base.jsonl', `${rows.join('\n')}\n`);
  host.write(
    'gates.yaml',
    `stop: when-decided\n${gates}gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.3}]`,
  );
  const inputs = {
    gates: 'gates.yaml',
    evaluator: 'command',
    endpoint: 'http://127.0.0.1:9',
    'served-name': 'x',
    baseline: 'base.jsonl',
    config: JSON.stringify({ command: [process.execPath, 'evaluate.cjs', '{output}', '{items}'] }),
  };
  const { outputs } = await run(parseInputs(definition, new Map(Object.entries(inputs))), host);
  return { decision: outputs.decision, shown: JSON.stringify(host.published.at(-1)?.report) };
}

test('what was used is said as a part of all items, though the config names no task', async () => {
  const { decision, shown } = await stopped('asked');
  expect(decision).toBe('approve');
  expect(shown).toMatch(/\d+ of 200 items, stopped at look \d+ of 20/);
});

test('a program that leaves out what failed is not stopped early as the better one', async () => {
  const { decision, shown } = await stopped('asked.filter(right)');
  expect(decision).toBe('undecided');
  expect(shown).toMatch(/the candidate's run is not complete: \d items of all are missing/);
  // more items of the same kind would mend nothing
  expect(shown).toContain('stopped at look 1 of 20');
  expect((await stopped('asked.filter(right)', 'missing: {at-most: 0.9}\n')).decision).toBe('approve');
});

test.each([
  [
    'more items than it was given',
    '[...asked, 300]',
    /given 10 items of all so far, and its results hold 11/,
  ],
  ['all of them each time', 'Array.from({ length: 200 }, (_, id) => id)', /given 10 items of all so far/],
  ['the same items each time', 'asked.map((_, k) => k)', /an item is in two parts of the evaluation/],
])('a program that evaluates %s has failed', async (_, which, said) => {
  await expect(stopped(which)).rejects.toMatchObject({
    name: 'ProgramError',
    message: expect.stringMatching(said),
  });
});

test('a data set that holds an item twice is not cut into batches, one whose items are asked twice is', async () => {
  const row = (id: number) => ({ id, accuracy: id % 3 > 0 ? 1 : 0 });
  await expect(stopped('asked', '', [row(7), row(9)])).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /^stop: 2 rows of all have the id, or the input and target, of another one/,
    ),
  });
  const again = Array.from({ length: ITEMS }, (_, id) => row(id));
  expect((await stopped('asked', '', again)).decision).toBe('approve');
});

test('a program that removes the folder for its results has saved none', async () => {
  await expect(stopped('fs.rmSync(process.argv[2], { recursive: true }), process.exit(0)')).rejects.toThrow(
    /ended with 0 and saved no results/,
  );
});
