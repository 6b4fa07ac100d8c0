import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInputs, UserError } from '@sluice/contract';
import { testHost } from '@sluice/host';
import { cacheFolder, pythonEnvironment, run as runProgram } from '@sluice/process';
import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../actions/eval-gate/src/definition.ts';
import { run } from '../../actions/eval-gate/src/run.ts';
import { programs } from '../training/setup.ts';

const startedAt = Date.UTC(2026, 10, 21, 12);

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'wandb-'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const open = (uri = 'wandb://lab/models', env: Record<string, string> = { WANDB_MODE: 'offline' }) =>
  // a home without anybody's key
  openTracker(
    uri,
    { ...process.env, WANDB_API_KEY: '', HOME: workspace, ...env },
    { workspace, programs, cacheDir: cacheFolder() },
  );
const python = () =>
  pythonEnvironment({ name: 'W&B', requirements: join(programs, 'requirements', 'wandb.txt') });

/** What W&B's own files hold, read with its own definitions. */
async function written() {
  const files = globSync('.sluice/wandb/offline-run-*/*.wandb', { cwd: workspace }).sort();
  const { python: interpreter, env } = await python();
  const reader = join(import.meta.dirname, 'read_wandb.py');
  const told = await runProgram([interpreter, reader, ...files.map((file) => join(workspace, file))], {
    env,
  });
  expect(told.tail.join('\n')).not.toContain('Traceback');
  return { files, ...JSON.parse(told.stdout) };
}

describe('W&B offline, by its own library', () => {
  it('keeps parameters, curves, tags and how the run ended, in one file, and reads its own runs back', async () => {
    const tracker = open();
    expect(tracker).toMatchObject({ kind: 'wandb', uri: 'wandb://lab/models' });
    const run = await tracker.startRun({
      experiment: 'lora',
      name: 'first',
      tags: { 'sluice.commit': 'abc' },
      startedAt,
    });
    await tracker.logParams(run.runId, { rank: 16, 'learning-rate': 5e-3, bf16: true });
    await tracker.logMetrics(run.runId, [
      { key: 'loss', value: 2, step: 10, timestamp: startedAt },
      { key: 'lr', value: 0.1, step: 10, timestamp: startedAt },
      { key: 'loss', value: Number.NaN, step: 20, timestamp: startedAt },
    ]);
    await tracker.setTags(run.runId, { version: 'toy-v1.0.0' });
    // as a step does that closes its run with a tracker of its own
    await open().finish(run.runId, 'FAILED', startedAt + 10);
    await tracker.close();

    const { files, runs, config, history, exit } = await written();
    expect(files).toHaveLength(1);
    expect(runs[0]).toEqual({ id: run.runId, group: 'lora', name: 'first', project: 'models' });
    expect(config).toMatchObject({
      rank: 16,
      'learning-rate': 0.005,
      bf16: true,
      'tag/sluice/commit': 'abc',
      'tag/version': 'toy-v1.0.0',
    });
    expect(history).toMatchObject([
      { loss: 2, lr: 0.1, 'sluice/step': 10 },
      { loss: 'NaN', 'sluice/step': 20 },
    ]);
    expect(exit).toBe(1);
    expect(await open().getRun(run.runId)).toMatchObject({ status: 'FAILED', metrics: { lr: 0.1 } });
    const found = await open().findRuns({ 'sluice.commit': 'abc' }, { experiment: 'lora' });
    expect(found.map(({ runId }) => runId)).toEqual([run.runId]);
    await tracker.close();
  }, 300_000);

  it('logs model versions with their aliases; the same version again only moves an alias', async () => {
    const first = open();
    const { runId } = await first.startRun({ experiment: 'gate', startedAt });
    const make = (source: string) =>
      first.registry.createVersion({ name: 'toy', source, runId, tags: { 'sluice.version': 'toy-v1.0.0' } });
    const one = await make('runs:/a/model');
    const two = await make('runs:/b/model');
    await first.registry.setAlias('toy', 'candidate', two.version);
    await first.close();
    const second = open();
    expect(await second.registry.setAlias('toy', 'production', two.version)).toEqual({
      version: two.version,
      previous: undefined,
    });
    await second.close();

    const { artifacts } = await written();
    // W&B's own alias is on every one
    const named = (all: string[]) => all.filter((alias) => alias !== 'latest');
    expect(
      artifacts.map((a: { name: string; type: string; aliases: string[] }) => [
        a.name,
        a.type,
        named(a.aliases),
      ]),
    ).toEqual([
      ['toy', 'model', ['candidate']],
      ['toy', 'model', []],
      ['toy', 'model', ['production']],
    ]);
    const [candidate, other, production] = artifacts;
    expect(production.digest).toBe(candidate.digest);
    expect(other.digest).not.toBe(candidate.digest);
    expect(candidate.metadata).toEqual({
      source: 'runs:/b/model',
      run_id: runId,
      tags: { 'sluice.version': 'toy-v1.0.0' },
    });
    expect(one.version).not.toBe(two.version);
    expect(await open().registry.getAlias('toy', 'production')).toMatchObject({
      version: two.version,
      runId,
    });
  }, 300_000);

  it('eval-gate writes its figures and the version that it approved there', async () => {
    const env = { ...process.env, WANDB_MODE: 'offline', WANDB_API_KEY: 'a-key-of-forty-letters' };
    const host = testHost({ action: 'eval-gate', workspace, programs, cacheDir: cacheFolder(), env });
    const results = join(import.meta.dirname, '../../packages/evaluation/fixtures/lm-eval/better');
    const inputs = {
      'tracking-uri': 'wandb',
      gates: '{gates: [{metric: exact_match@last-number, at-least: 0.8}]}',
      candidate: results,
      register: 'sums',
    };
    const { outputs } = await run(parseInputs(definition, new Map(Object.entries(inputs))), host);
    expect(outputs).toMatchObject({ decision: 'approve', 'registry-version': '1' });
    expect(host.secrets.cut('a-key-of-forty-letters')).toBe('***');
    const { runs, history, artifacts, exit } = await written();
    expect(runs[0]).toMatchObject({ id: outputs['run-id'], project: 'sluice', group: 'eval-gate' });
    expect(history[0]['sums/exact_match/last-number']).toBe(1);
    expect(artifacts[0]).toMatchObject({ name: 'sums', aliases: expect.arrayContaining(['candidate']) });
    expect(exit).toBe(0);
    host.dispose();
  }, 300_000);

  it('a name that W&B does not allow, and a mode that it does not know here, are the user’s mistakes', async () => {
    await expect(
      open().registry.createVersion({ name: 'a b', source: 's', runId: 'run-0001' }),
    ).rejects.toThrow(/cannot be a model's name at W&B/);
    await expect(open().registry.deleteAlias('toy', 'production')).rejects.toThrow(/cannot be told offline/);
    expect(() => open('wandb', { WANDB_MODE: 'disabled' })).toThrow(/WANDB_MODE is 'disabled'/);
    expect(() => open('wandb://a/b/c')).toThrow(UserError);
  });
});

describe('W&B online', () => {
  it('without a key says what to set', async () => {
    const tracker = open('wandb', { WANDB_MODE: 'online', WANDB_BASE_URL: 'http://127.0.0.1:9' });
    await expect(tracker.startRun({ experiment: 'lora', startedAt })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/set WANDB_API_KEY, or WANDB_MODE=offline/),
    });
    await tracker.close();
  }, 300_000);

  it('is spoken to by calls that its library has', async () => {
    const { python: interpreter, env } = await python();
    const told = await runProgram([interpreter, join(import.meta.dirname, 'online.py')], { env });
    expect(told.stdout.trim()).toBe('ok');
  }, 300_000);
});
