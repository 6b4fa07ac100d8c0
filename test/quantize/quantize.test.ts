import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { namedBy, openRecord, readTrustedKeys } from '@sluice/record';
import { openStore } from '@sluice/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import quantizing from '../../actions/quantize/src/main.ts';
import { makeKeys } from '../record/openssl.ts';
import {
  ask,
  exactMatch,
  loraTrain,
  modelEnvironment,
  realHost,
  type TinyModel,
  tinyModel,
} from '../training/setup.ts';

let environment: Awaited<ReturnType<typeof modelEnvironment>>;
let tiny: TinyModel;
let trained: Awaited<ReturnType<typeof loraTrain>>['outputs'];
const host = realHost();

/** Runs quantize on inputs as text, as a workflow gives them. */
const quantize = (inputs: Readonly<Record<string, string>>) =>
  quantizing.run(parseInputs(quantizing.definition, new Map(Object.entries(inputs))), host);

beforeAll(async () => {
  environment = await modelEnvironment();
  tiny = await tinyModel(environment);
  const config = '{steps: 150, learning-rate: 5e-3, batch-size: 16, max-length: 128}';
  await makeKeys(host.workspace, 'ours', 'ed25519');
  const inputs = { 'base-model': tiny.base, dataset: tiny.train, config, 'signing-key': 'ours.key' };
  trained = (await loraTrain(host, inputs)).outputs;
});
afterAll(() => host.dispose());

test('what training made is merged and quantized; it loads, is smaller and answers as before', async () => {
  const { outputs } = await quantize({
    record: trained.record,
    'run-id': trained['run-id'],
    scheme: 'w8a8',
    'calibration-data': tiny.train,
    'max-score-drop': '0.05',
    'output-dir': 'quantized',
    'signing-key': 'ours.key',
  });
  expect(outputs).toMatchObject({ scheme: 'w8a8', 'run-id': trained['run-id'] });
  expect(outputs['compression-ratio']).toBeGreaterThan(2);
  const folder = join(host.workspace, 'quantized');
  expect(await exactMatch(environment, folder, tiny.test)).toBeGreaterThan(0.9);
  expect((await readdir(folder)).filter((name) => /\.(bin|pt|pkl)$/.test(name))).toEqual([]);
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  expect(config.quantization_config).toMatchObject({ quant_method: 'compressed-tensors' });

  const store = await openStore({ workspace: host.workspace, env: {} });
  const record = await openRecord(outputs.record as never, store);
  expect(namedBy(record).model).toEqual({ digest: outputs['model-digest'], ref: outputs.model });
  expect(record.statements).toHaveLength(2);
  // who has the public key believes both, found by their run alone
  const trusted = await readTrustedKeys('ours.pub', host);
  const signed = await openRecord(outputs['run-id'] as never, store, { trusted });
  expect(signed).toMatchObject({ pinned: false, signed: true, unpinned: [] });
  expect(namedBy(signed)).toMatchObject({
    adapter: { digest: trained['model-digest'] },
    model: { digest: outputs['model-digest'] },
  });
});

test('without data the weights are rounded; a whole model needs no record', async () => {
  const { outputs } = await quantize({ model: tiny.base, scheme: 'fp8-dynamic' });
  expect(outputs['compression-ratio']).toBeGreaterThan(2);
  expect(outputs['run-id']).not.toBe(trained['run-id']);
});

test('a model that lost too much is refused, and nothing is stored', async () => {
  // the base guesses; graded by its own guesses it is always right, and four bits tip some of them over
  const { answers } = await ask(environment, tiny.base, tiny.test);
  const questions = (await readFile(tiny.test, 'utf8')).trim().split('\n');
  const rows = questions.map((line, i) =>
    JSON.stringify({ instruction: JSON.parse(line).question, output: answers[i] }),
  );
  const data = host.write('guesses.jsonl', rows.join('\n'));
  const { outputs, refused } = await quantize({
    model: tiny.base,
    scheme: 'w4a16',
    'calibration-data': data,
    'max-score-drop': '0',
  });
  expect(refused).toMatch(/the score fell from 1\.0000 to 0\.\d+/);
  expect(outputs).toMatchObject({ model: 'none', 'model-digest': 'none', 'run-id': 'none', record: 'none' });
});

test('bad input is told before anything is loaded', async () => {
  await expect(quantize({ scheme: 'w8a8' })).rejects.toThrow(/nothing to quantize/);
  await expect(quantize({ model: tiny.base, 'max-score-drop': '0.1' })).rejects.toThrow(
    /needs calibration-data/,
  );
  await expect(quantize({ model: tiny.base, adapter: 'x' })).rejects.toThrow(/Give model alone/);
  await expect(quantize({ model: 'org/name' })).rejects.toThrow(/never fetched from a hub/);
  await expect(quantize({ record: trained.record, 'run-id': 'f'.repeat(32) })).rejects.toThrow(
    /both from the same step/,
  );
  host.write('pickled/config.json', '{}');
  host.write('pickled/adapter_model.bin', Buffer.from([0x80, 2, 0x7d, 0x2e]));
  host.write('pickled/model.safetensors', 'x');
  await expect(quantize({ model: 'pickled' })).rejects.toThrow(/pickle/);
});
