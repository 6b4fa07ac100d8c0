import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment, run } from '@sluice/process';
import { expect, test } from 'vitest';
import { loraTrain, modelEnvironment, programs, realHost, tinyModel } from './setup.ts';

test('a training is written to W&B while it runs: parameters, the curve, how it ended', async () => {
  const { base, train } = await tinyModel(await modelEnvironment());
  using host = realHost({ env: { ...process.env, WANDB_MODE: 'offline' } });
  const { outputs } = await loraTrain(host, {
    'base-model': base,
    dataset: train,
    experiment: 'toy',
    'tracking-uri': 'wandb://lab/models',
    config: '{rank: 4, steps: 20, batch-size: 8, learning-rate: 5e-3, max-length: 64, precision: float32}',
  });
  const files = globSync('.sluice/wandb/offline-run-*/*.wandb', { cwd: host.workspace });
  expect(files).toHaveLength(1);
  const { python, env } = await pythonEnvironment({
    name: 'W&B',
    requirements: join(programs, 'requirements', 'wandb.txt'),
  });
  const reader = join(import.meta.dirname, '..', 'tracking', 'read_wandb.py');
  const told = await run([python, reader, join(host.workspace, files[0] as string)], { env });
  const { runs, config, history, exit } = JSON.parse(told.stdout);
  expect(runs[0]).toMatchObject({ id: outputs['run-id'], group: 'toy', project: 'models' });
  expect(config).toMatchObject({ rank: 4, engine: 'peft', 'tag/sluice/step': 'lora-train' });
  expect(history.filter((row: { loss?: number }) => row.loss !== undefined).length).toBeGreaterThan(1);
  expect(history.at(-1)).toMatchObject({ 'final-loss': outputs['final-loss'], steps: 20 });
  expect(exit).toBe(0);
}, 1_800_000);
