import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { modelDigest } from '@sluice/record';
import { expect, test } from 'vitest';
import { definition } from '../definition.ts';
import { run } from '../run.ts';

/** Writes the scores that data.json says, and counts its calls. */
const SCRIPT = `const fs = require('fs');
const wrong = JSON.parse(fs.readFileSync('data.json', 'utf8')).wrong;
fs.appendFileSync('calls', 'x');
const rows = Array.from({ length: 60 }, (_, id) => JSON.stringify({ id, accuracy: id < wrong ? 0 : 1 }) + '\\n');
fs.writeFileSync(process.argv[2] + '/r.jsonl', rows.join(''));`;

interface Machine extends Disposable {
  readonly host: TestHost;
  evaluate(
    change?: Readonly<Record<string, unknown>>,
    inputs?: Readonly<Record<string, string>>,
  ): Promise<{
    calls: number;
    accuracy: number;
    shown: string;
    claimed: boolean;
  }>;
}

function machine(): Machine {
  const host = testHost({ action: 'eval-gate' });
  host.write('model/config.json', '{"layers": 2}');
  host.write('evaluate.cjs', SCRIPT);
  host.write('data.json', '{"wrong": 3}');
  host.write('gates.yaml', 'gates: [{metric: accuracy, at-least: 0.5}]');
  const calls = (): number => {
    const file = join(host.workspace, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
  };
  return {
    host,
    evaluate: async (change = {}, inputs = {}) => {
      const config = {
        command: [process.execPath, 'evaluate.cjs', '{output}', '{model}'],
        cache: { version: 'mine 1', files: ['evaluate.cjs', 'data.json'] },
        ...change,
      };
      const all = {
        gates: 'gates.yaml',
        evaluator: 'command',
        model: 'model',
        'model-digest': await modelDigest(join(host.workspace, 'model')),
        config: JSON.stringify(config),
        ...inputs,
      };
      const before = calls();
      const { outputs } = await run(parseInputs(definition, new Map(Object.entries(all))), host);
      const wire = encodeOutputs(definition, outputs, { masked: [], oneLine: true });
      const shown = JSON.stringify(host.published.at(-1)?.report);
      return {
        calls: calls() - before,
        accuracy: JSON.parse(wire.get('metrics') as string)['all/accuracy'],
        shown,
        claimed: shown.includes('claimed: not made by this step'),
      };
    },
    [Symbol.dispose]: () => host.dispose(),
  };
}

test('the same model, task and program are evaluated once; the report says where the results are from', async () => {
  using it = machine();
  const first = await it.evaluate();
  expect(first).toMatchObject({ calls: 1, accuracy: 0.95, claimed: false });
  expect(first.shown).not.toContain('taken from before');
  const second = await it.evaluate();
  expect(second).toMatchObject({ calls: 0, accuracy: 0.95, claimed: false });
  expect(second.shown).toContain('taken from before: made 20');
  expect(it.host.logged.join('\n')).toMatch(
    /taken from the cache: made .* by test\/1, found in the cache of this machine/,
  );
});

const [DATA, PROGRAM] = ['data.json', 'evaluate.cjs'];
const FILES = [PROGRAM, DATA];

test.each<[string, Record<string, string>, Record<string, unknown>]>([
  ['the data', { [DATA]: '{"wrong": 6}' }, {}],
  ['the program', { [PROGRAM]: `${SCRIPT} // faster` }, {}],
  ['the model', { 'model/config.json': '{"layers": 3}' }, {}],
  ['an argument', {}, { command: [process.execPath, PROGRAM, '{output}', '--seed=1'] }],
  ['a variable', {}, { env: { TEMPERATURE: '1' } }],
  ['the version', {}, { cache: { version: 'mine 2', files: FILES } }],
])('another value of %s is another evaluation', async (_, files, change) => {
  using it = machine();
  await it.evaluate();
  for (const [name, text] of Object.entries(files)) it.host.write(name, text);
  expect((await it.evaluate(change)).calls).toBe(1);
});

test('another machine finds it in the store, and it counts as claimed there', async () => {
  using one = machine();
  using two = machine();
  await one.evaluate();
  cpSync(join(one.host.workspace, '.sluice'), join(two.host.workspace, '.sluice'), { recursive: true });
  const found = await two.evaluate();
  expect(found).toMatchObject({ calls: 0, accuracy: 0.95, claimed: true });
});

test('what was changed or cut off is as if it were not there', async () => {
  using it = machine();
  await it.evaluate();
  const local = join(it.host.cacheDir, 'evaluations');
  for (const file of readdirSync(local))
    writeFileSync(join(local, file), readFileSync(join(local, file)).subarray(0, 120));
  rmSync(join(it.host.workspace, '.sluice', 'store', 'evaluations'), { recursive: true });
  expect(await it.evaluate()).toMatchObject({ calls: 1, accuracy: 0.95 });
  expect(it.host.logged.join('\n')).toMatch(/warn: the cached evaluation in .* is not used/);
  expect((await it.evaluate()).calls).toBe(0);
});

test.each([
  ['cache: false', { cache: false }, {}, /not cached: `cache: false`/],
  [
    'a command whose files are not named',
    { cache: { version: '1' } },
    {},
    /the files that the command reads are not known/,
  ],
  ['a command of no known version', { cache: true }, {}, /the command's version is not known/],
  [
    'an endpoint',
    {},
    { endpoint: 'http://127.0.0.1:9', 'served-name': 'x' },
    /not cached: no digest proves which model answers/,
  ],
])('%s is evaluated each time, and the log says why', async (_, change, inputs, why) => {
  using it = machine();
  for (let k = 0; k < 2; k++) expect((await it.evaluate(change, inputs)).calls).toBe(1);
  expect(it.host.logged.join('\n')).toMatch(why);
});

test('an evaluation in which items failed is not kept', async () => {
  using it = machine();
  const failing = `${SCRIPT} fs.appendFileSync(process.argv[2] + '/r.jsonl', JSON.stringify({ id: 60, accuracy: null, error: 'timeout' }) + '\\n');`;
  it.host.write('evaluate.cjs', failing);
  for (let k = 0; k < 2; k++) expect((await it.evaluate()).calls).toBe(1);
  expect(it.host.logged.join('\n')).toContain('not cached: it is not complete');
});

test('a part of the items is never kept, and does not take the whole', async () => {
  using it = machine();
  await it.evaluate();
  const rows = Array.from({ length: 60 }, (_, id) => `${JSON.stringify({ id, accuracy: 1 })}\n`);
  it.host.write('base.jsonl', rows.join(''));
  it.host.write(
    'gates.yaml',
    'stop: planned-looks\ngates: [{metric: accuracy, not-worse-than: baseline, margin: 0.3}]',
  );
  const partly = SCRIPT.replace(
    'Array.from({ length: 60 }, (_, id) =>',
    "JSON.parse(fs.readFileSync(process.argv[3], 'utf8')).all.map((id) =>",
  );
  it.host.write('evaluate.cjs', partly);
  const early = await it.evaluate(
    { command: [process.execPath, 'evaluate.cjs', '{output}', '{items}'], tasks: ['all'] },
    { baseline: 'base.jsonl' },
  );
  expect(early.calls).toBeGreaterThan(0);
  expect(it.host.logged.join('\n')).toContain('not cached: a part of the items is evaluated');
  expect(readdirSync(join(it.host.cacheDir, 'evaluations'))).toHaveLength(1);
});
