import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemError, UserError } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTracker } from '../open-tracker.ts';
import type { Tracker } from '../tracker.ts';

let workspace: string;
let tracker: Tracker;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'tracking-'));
  tracker = openTracker('runs', {}, { workspace });
});
afterEach(() => rm(workspace, { recursive: true, force: true }));
const another = () => openTracker(join(workspace, 'runs'), {}, { workspace });
const startedAt = Date.UTC(2026, 10, 21, 12);

describe('runs in a folder', () => {
  it('keep parameters, the last of each metric, tags and how they ended', async () => {
    const { runId } = await tracker.startRun({ experiment: 'lora', tags: { commit: 'abc' }, startedAt });
    expect(runId).toMatch(/^[0-9a-f]{32}$/);
    await Promise.all([
      tracker.logParams(runId, { rank: 16, 'learning-rate': 5e-3 }),
      another().logParams(runId, { bf16: true }),
      another().setTags(runId, { version: 'toy-v1.0.0' }),
    ]);
    await Promise.all(
      Array.from({ length: 20 }, (_, step) =>
        another().logMetrics(runId, [
          { key: 'loss', value: 20 - step, step, timestamp: startedAt },
          { key: 'lr', value: step === 19 ? Number.NaN : step, step, timestamp: startedAt },
        ]),
      ),
    );
    await tracker.finish(runId, 'FAILED', startedAt + 10);
    expect(await another().getRun(runId)).toEqual({
      runId,
      name: `run-${runId.slice(0, 8)}`,
      experiment: 'lora',
      status: 'FAILED',
      startedAt,
      finishedAt: startedAt + 10,
      params: { rank: '16', 'learning-rate': '0.005', bf16: 'true' },
      metrics: { loss: 1, lr: Number.NaN },
      tags: { commit: 'abc', version: 'toy-v1.0.0' },
    });
  });

  it('are found by tags, newest first', async () => {
    for (const at of [1, 3, 2])
      await tracker.startRun({ experiment: 'lora', tags: { key: 'k' }, startedAt: startedAt + at });
    await tracker.startRun({ experiment: 'other', tags: { key: 'k' }, startedAt });
    const found = await tracker.findRuns({ key: 'k' }, { experiment: 'lora', limit: 2 });
    expect(found.map((run) => run.startedAt - startedAt)).toEqual([3, 2]);
    expect(await tracker.findRuns({ key: 'other' }, { experiment: 'lora' })).toEqual([]);
  });

  it('that are not there are not made by writing to them', async () => {
    expect(await tracker.getRun('0'.repeat(32))).toBeUndefined();
    expect(await tracker.getRun('../../etc')).toBeUndefined();
    await expect(tracker.setTags('0'.repeat(32), {})).rejects.toThrow(UserError);
    await expect(tracker.logMetrics('0'.repeat(32), [])).rejects.toThrow(/has no run/);
    await expect(tracker.finish('../../etc/x', 'FINISHED', 0)).rejects.toThrow(UserError);
  });

  it('that were damaged say so', async () => {
    const { runId } = await tracker.startRun({ experiment: 'lora', startedAt });
    await writeFile(join(workspace, 'runs', 'runs', runId, 'run.json'), '{');
    await expect(tracker.getRun(runId)).rejects.toThrow(SystemError);
  });
});

describe('a registry in a folder', () => {
  const version = (source: string) => ({ name: 'toy', source, runId: 'run-0001' });

  it('numbers versions, makes none twice, and moves aliases', async () => {
    const { registry } = tracker;
    const made = await Promise.all(
      ['a', 'b', 'c', 'a'].map((s) => another().registry.createVersion(version(s))),
    );
    expect(new Set(made.map((v) => v.version))).toEqual(new Set(['1', '2', '3']));
    expect(made[0]?.version).toBe(made[3]?.version);
    expect(await registry.setAlias('toy', 'production', '1')).toEqual({ version: '1', previous: undefined });
    expect(await registry.setAlias('toy', 'production', '2')).toEqual({ version: '2', previous: '1' });
    expect(await registry.setAlias('toy', 'production', '2')).toEqual({ version: '2', previous: '2' });
    expect(await registry.getAlias('toy', 'production')).toMatchObject({
      version: '2',
      aliases: ['production'],
    });
    await registry.setVersionTag('toy', '2', 'decision', 'approve');
    const versions = await registry.versions('toy');
    expect(versions.map((v) => v.version)).toEqual(['3', '2', '1']);
    expect(versions[1]?.tags).toEqual({ decision: 'approve' });
    const again = await registry.createVersion({
      name: 'toy',
      source: versions[1]?.source ?? '',
      runId: 'run-0001',
    });
    expect(again).toMatchObject({ version: '2', aliases: ['production'] });
    await registry.deleteAlias('toy', 'production');
    expect(await registry.getAlias('toy', 'production')).toBeUndefined();
  });

  it('knows no model that is not there, and refuses versions and names that are none', async () => {
    const { registry } = tracker;
    expect(await registry.versions('nobody')).toEqual([]);
    expect(await registry.getAlias('nobody', 'production')).toBeUndefined();
    await registry.createVersion(version('a'));
    await expect(registry.setAlias('toy', 'production', '9')).rejects.toThrow(/no version 9/);
    await expect(registry.setVersionTag('toy', '9', 'k', 'v')).rejects.toThrow(/no version 9/);
    await expect(registry.ensureModel('../evil')).rejects.toThrow(UserError);
    await expect(registry.versions('a/b')).rejects.toThrow(UserError);
  });
});

describe('a tracker', () => {
  it('is what tracking-uri names', () => {
    const open = (uri: string) => openTracker(uri, {}, { workspace: '/w' });
    expect(open('http://127.0.0.1:5000/')).toMatchObject({ kind: 'mlflow', uri: 'http://127.0.0.1:5000' });
    expect(open('runs')).toMatchObject({ kind: 'folder', uri: '/w/runs' });
    expect(open('file:///x/runs')).toMatchObject({ kind: 'folder', uri: '/x/runs' });
    for (const uri of ['', 'wandb', 'databricks://p', 'postgresql://user:secret@host/db']) {
      expect(() => open(uri)).toThrow(UserError);
      expect(() => open(uri)).not.toThrow('secret');
    }
  });
});
