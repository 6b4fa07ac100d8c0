import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { modelDigest } from '@sluice/record';
import { expect, test } from 'vitest';
import { definition } from '../definition.ts';
import { run } from '../run.ts';

/** Scores 200 items by what the model's file and the variable say, and tells its GPUs. */
const SCRIPT = `const fs = require('fs');
const wrong = Number(process.env.WRONG ?? JSON.parse(fs.readFileSync(process.argv[3] + '/config.json', 'utf8')).wrong);
fs.appendFileSync('gpus', (process.env.CUDA_VISIBLE_DEVICES ?? 'none') + '\\n');
const rows = Array.from({ length: 200 }, (_, id) => JSON.stringify({ id, accuracy: id < wrong ? 0 : 1 }) + '\\n');
fs.writeFileSync(process.argv[2] + '/r.jsonl', rows.join(''));`;

async function hostWithModels(
  env: Record<string, string> = {},
): Promise<{ host: TestHost; digests: string[] }> {
  const host = testHost({ action: 'eval-gate', env });
  host.write('evaluate.cjs', SCRIPT);
  host.write('gates.yaml', 'gates: [{metric: accuracy, at-least: 0.5}]');
  host.write('one/config.json', '{"wrong": 10}');
  host.write('two/config.json', '{"wrong": 60}');
  const digests = await Promise.all(['one', 'two'].map((name) => modelDigest(join(host.workspace, name))));
  return { host, digests };
}

async function gate(host: TestHost, config: Record<string, unknown>, inputs: Record<string, string>) {
  const command = [process.execPath, 'evaluate.cjs', '{output}', '{model}'];
  const all = {
    gates: 'gates.yaml',
    evaluator: 'command',
    config: JSON.stringify({ command, ...config }),
    ...inputs,
  };
  const { outputs } = await run(parseInputs(definition, new Map(Object.entries(all))), host);
  return encodeOutputs(definition, outputs, { masked: [], oneLine: true });
}

test('two models and a setting side by side: the gates decide on the candidate, a variant may be the baseline', async () => {
  const { host, digests } = await hostWithModels();
  using _ = host;
  host.write('gates.yaml', 'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1}]');
  const config = {
    candidate: 'new',
    variants: { old: { model: 'two', 'model-digest': digests[1] }, new: {}, warm: { env: { WRONG: '12' } } },
  };
  const inputs = { model: 'one', 'model-digest': digests[0] as string };
  const wire = await gate(host, config, { ...inputs, baseline: 'variant:old' });
  expect(wire.get('decision')).toBe('approve');
  expect(JSON.parse(wire.get('metrics') as string)).toEqual({ 'all/accuracy': 0.95 });
  const table = host.published[0]?.report.blocks.find(
    (b) => b.type === 'table' && b.columns[1] === 'new (candidate)',
  );
  expect(table).toMatchObject({
    columns: ['Metric', 'new (candidate)', 'old', 'against the candidate', 'warm', 'against the candidate'],
    rows: [
      [
        'all/accuracy',
        0.95,
        0.7,
        expect.stringMatching(/^-0\.25 \(-0\.\d+ to -0\.\d+\)$/),
        0.94,
        expect.stringMatching(/^-0\.01 \(/),
      ],
    ],
  });
  // the worse one as candidate
  const swapped = {
    candidate: 'new',
    variants: { old: { model: 'one', 'model-digest': digests[0] }, new: {} },
  };
  const worse = { model: 'two', 'model-digest': digests[1] as string, baseline: 'variant:old' };
  expect((await gate(host, swapped, worse)).get('decision')).toBe('reject');
});

test('each place has its own GPUs', async () => {
  const { host, digests } = await hostWithModels({ CUDA_VISIBLE_DEVICES: '4,5' });
  using _ = host;
  const config = { candidate: 'a', variants: { a: {}, b: { env: { WRONG: '1' } } } };
  await gate(host, config, { model: 'one', 'model-digest': digests[0] as string });
  const seen = readFileSync(join(host.workspace, 'gpus'), 'utf8').trim().split('\n').sort();
  expect(seen).toEqual(['4', '5']);
  expect(host.logged).toContain('info: 2 variants, 2 at a time on the GPUs 4, 5');
});

test.each([
  [
    { variants: { a: {}, b: {} } },
    /candidate is not given; name the variant that the gates decide on, one of a, b/,
  ],
  [{ candidate: 'c', variants: { a: {} } }, /candidate is 'c'; name the variant/],
  [{ candidate: 'a' }, /there are no `variants`/],
  [
    { candidate: 'a', variants: { a: { model: 'two', 'model-digest': `sha256:${'0'.repeat(64)}` } } },
    /the variant a is the candidate, so it is evaluated on what this step judges; give model as inputs/,
  ],
  [{ candidate: 'a', variants: { a: {}, b: { model: 'two' } } }, /needs model-digest/],
  [{ candidate: 'a', variants: { 'a b': {} } }, /the name of a variant has letters, digits/],
])('%j is the user’s mistake', async (config, message) => {
  const { host, digests } = await hostWithModels();
  using _ = host;
  const judged = gate(host, config, { model: 'one', 'model-digest': digests[0] as string });
  await expect(judged).rejects.toThrow(message);
});

test('a variant that fails is named', async () => {
  const { host, digests } = await hostWithModels();
  using _ = host;
  const failing = { command: [process.execPath, '-e', 'process.exit(3)', '{output}'] };
  const judged = gate(
    host,
    { candidate: 'a', variants: { a: {}, b: failing } },
    {
      model: 'one',
      'model-digest': digests[0] as string,
    },
  );
  await expect(judged).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringContaining('(variant b)'),
  });
});

test('a baseline of a variant that is not there', async () => {
  const { host, digests } = await hostWithModels();
  using _ = host;
  host.write('gates.yaml', 'gates: [{metric: accuracy, better-than: baseline}]');
  const inputs = { model: 'one', 'model-digest': digests[0] as string, baseline: 'variant:x' };
  const judged = gate(host, { candidate: 'a', variants: { a: {}, b: {} } }, inputs);
  await expect(judged).rejects.toThrow(/variant:x; the variants beside the candidate are b/);
});

test('a baseline of a variant, and no variants', async () => {
  const { host, digests } = await hostWithModels();
  using _ = host;
  host.write('gates.yaml', 'gates: [{metric: accuracy, better-than: baseline}]');
  const inputs = { model: 'one', 'model-digest': digests[0] as string, baseline: 'variant:x' };
  await expect(gate(host, {}, inputs)).rejects.toThrow(/baseline is variant:x, and config has no `variants`/);
});
