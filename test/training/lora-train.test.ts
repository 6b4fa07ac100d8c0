import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namedBy, openRecord } from '@sluice/record';
import { fetchModel, openStore } from '@sluice/store';
import { openTracker } from '@sluice/tracking';
import { beforeAll, expect, test } from 'vitest';
import { exactMatch, loraTrain, modelEnvironment, realHost, type TinyModel, tinyModel } from './setup.ts';

let environment: Awaited<ReturnType<typeof modelEnvironment>>;
let tiny: TinyModel;

beforeAll(async () => {
  environment = await modelEnvironment();
  tiny = await tinyModel(environment);
});

/** Learns all it is taught. */
const good = '{steps: 150, learning-rate: 5e-3, batch-size: 16, max-length: 128}';
/** So slow that it learns nothing. */
const bad = '{steps: 30, learning-rate: 1e-5, batch-size: 16, max-length: 128}';

test('a good fine-tune answers what the base could not; the run, the bytes and the record say the same', async () => {
  using host = realHost();
  const inputs = { 'base-model': tiny.base, dataset: tiny.train, config: good };
  const { outputs } = await loraTrain(host, inputs);
  expect(outputs).toMatchObject({ steps: 150, reused: false, resumed: false });
  expect(outputs['final-loss']).toBeLessThan(0.2);

  const store = await openStore({ workspace: host.workspace, env: {} });
  const places = { store, workspace: host.workspace, env: {}, cacheDir: host.temp };
  const adapter = await fetchModel(outputs.adapter, outputs['model-digest'] as never, places);
  expect(await exactMatch(environment, tiny.base, tiny.test)).toBeLessThan(0.15);
  expect(await exactMatch(environment, tiny.base, tiny.test, adapter)).toBeGreaterThan(0.9);
  const config = JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8'));
  expect(config).toMatchObject({ r: 16, base_model_name_or_path: outputs['base-model-digest'] });

  const record = await openRecord(outputs.record as never, store);
  expect(namedBy(record)).toMatchObject({
    runId: outputs['run-id'],
    adapter: { digest: outputs['model-digest'], ref: outputs.adapter },
    baseModel: { digest: outputs['base-model-digest'] },
    dataVersion: outputs['data-version'],
  });
  const tracker = openTracker(join(host.workspace, '.sluice/tracking'), {}, { workspace: host.workspace });
  const tracked = await tracker.getRun(outputs['run-id'] as string);
  expect(tracked).toMatchObject({
    status: 'FINISHED',
    params: { rank: '16', 'learning-rate': '0.005', steps: '150' },
  });
  expect(tracked?.metrics['final-loss']).toBeCloseTo(outputs['final-loss'] as number, 9);
  const locked = await store.get(`${outputs['run-id']}/environment.txt`);
  expect(Buffer.from(locked ?? []).toString()).toContain('peft==');

  // the same inputs again: a new run that takes the bytes over
  const again = await loraTrain(host, inputs);
  expect(again.outputs).toMatchObject({ reused: true, 'model-digest': outputs['model-digest'], steps: 150 });
  expect(again.outputs['run-id']).not.toBe(outputs['run-id']);
  expect((await tracker.getRun(again.outputs['run-id'] as string))?.tags['sluice.parent']).toBe(
    outputs['run-id'],
  );

  // and without reuse: the same bytes, made anew
  const anew = await loraTrain(host, { ...inputs, reuse: 'false' });
  expect(anew.outputs).toMatchObject({ reused: false, 'model-digest': outputs['model-digest'] });
});

test('a bad fine-tune leaves the base as it was', async () => {
  using host = realHost();
  const { outputs } = await loraTrain(host, {
    'base-model': tiny.base,
    dataset: tiny.train,
    config: bad,
    'output-dir': 'made/adapter',
  });
  expect(
    await exactMatch(environment, tiny.base, tiny.test, join(host.workspace, 'made/adapter')),
  ).toBeLessThan(0.15);
  expect(outputs.steps).toBe(30);
});

test('a training that was interrupted goes on from its last checkpoint', async () => {
  using first = realHost();
  const dataset = first.write(
    'data.jsonl',
    `${await readFile(tiny.train, 'utf8')}\n${JSON.stringify({ instruction: 'Now?', output: first.temp })}\n`,
  );
  const config = '{steps: 60, learning-rate: 5e-3, batch-size: 16, save-steps: 10, logging-steps: 5}';
  const inputs = { 'base-model': tiny.base, dataset, config };
  const saw = new Promise<void>((resolve) => {
    const progress = first.log.progress;
    first.log.progress = (text) => {
      progress(text);
      if (text.startsWith('step 25 ')) resolve();
    };
  });
  const interrupted = loraTrain(first, inputs);
  interrupted.catch(() => {});
  await saw;
  first.cancel();
  await expect(interrupted).rejects.toThrow(/cancelled/);
  const tracker = openTracker(join(first.workspace, '.sluice/tracking'), {}, { workspace: first.workspace });
  const [killed] = await tracker.findRuns({}, { experiment: 'sluice' });
  expect(killed?.status).toBe('KILLED');

  using second = realHost({ workspace: first.workspace });
  const { outputs } = await loraTrain(second, inputs);
  expect(outputs).toMatchObject({ resumed: true, reused: false, steps: 60 });
  expect(second.logged.join('\n')).toMatch(/going on from step [1-5]0/);
});

test('a broken dataset is told by line and field, all lines together', async () => {
  using host = realHost();
  const lines = [
    '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}',
    '{"messages": [{"role": "user", "content": "a"}, {"role": "bot", "content": "b"}]}',
    '{"instruction": "a"}',
    '{"instruction": "a", "output": 3}',
    '{"messages": [',
  ];
  const dataset = host.write('broken.jsonl', lines.join('\n'));
  const failed = loraTrain(host, { 'base-model': tiny.base, dataset });
  await expect(failed).rejects.toMatchObject({ exitCode: 2, name: 'UserError' });
  await expect(failed).rejects.toThrow(
    /line 2: field 'messages\[1\]\.role' is "bot"; allowed: system, user, assistant\nline 3: field 'output' is missing\nline 4: field 'output' is a number; a string is needed\nline 5: is not JSON/,
  );
});

test('a base model that is not there, or holds pickles, is refused before anything starts', async () => {
  using host = realHost();
  const asked = { dataset: tiny.train };
  await expect(loraTrain(host, { ...asked, 'base-model': 'Qwen/Qwen2.5-7B' })).rejects.toThrow(
    /no folder of a model on this machine.*never fetched from a hub/,
  );
  host.write('pickled/config.json', '{}');
  host.write('pickled/pytorch_model.bin', Buffer.from([0x80, 2, 0x7d, 0x2e]));
  await expect(loraTrain(host, { ...asked, 'base-model': 'pickled' })).rejects.toThrow(/pickle/);
  await expect(
    loraTrain(host, { ...asked, 'base-model': tiny.base, 'base-model-digest': `sha256:${'0'.repeat(64)}` }),
  ).rejects.toThrow(/digest/);
  host.write('precious/thesis.txt', 'years of work');
  await expect(
    loraTrain(host, { ...asked, 'base-model': tiny.base, 'output-dir': 'precious' }),
  ).rejects.toThrow(/holds other files/);
  const tracker = openTracker(join(host.workspace, '.sluice/tracking'), {}, { workspace: host.workspace });
  expect(await tracker.findRuns({}, { experiment: 'sluice' })).toEqual([]);
});

test('a training that fails says why with its last lines, and its run is marked as failed', async () => {
  using host = realHost();
  host.write('torn/config.json', await readFile(join(tiny.base, 'config.json')));
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'])
    await writeFile(join(host.workspace, 'torn', name), await readFile(join(tiny.base, name)));
  const weights = await readFile(join(tiny.base, 'model.safetensors'));
  host.write('torn/model.safetensors', weights.subarray(0, weights.length / 2));
  const failed = loraTrain(host, { 'base-model': 'torn', dataset: tiny.train, config: good });
  await expect(failed).rejects.toMatchObject({ exitCode: 5, name: 'ProgramError' });
  await expect(failed).rejects.toThrow(/The training failed \(status 1\)[\s\S]*[Ss]afetensor/);
  const tracker = openTracker(join(host.workspace, '.sluice/tracking'), {}, { workspace: host.workspace });
  const [tracked] = await tracker.findRuns({}, { experiment: 'sluice' });
  expect(tracked?.status).toBe('FAILED');
  expect(tracked?.tags['sluice.failure']).toContain('The training failed');
});

test('a dry run touches nothing', async () => {
  using host = realHost();
  const { outputs, sentence } = await loraTrain(host, {
    'base-model': tiny.base,
    dataset: tiny.train,
    'dry-run': 'true',
  });
  expect(outputs).toMatchObject({ 'run-id': 'none', adapter: 'none', steps: 0 });
  expect(sentence).toContain('would train rank 16 for 3 epochs');
  // the store's folder was looked at; nothing lies in it, and there is no run
  expect(await readdir(join(host.workspace, '.sluice'))).toEqual(['store']);
  expect(await readdir(join(host.workspace, '.sluice', 'store'))).toEqual(['.partial']);
});
