import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

describe('a rollout starts only from a record that proves an approval', () => {
  it.each([
    ['reject', 3, /holds no approval/],
    ['undecided', 3, /holds no approval/],
  ] as const)('a gate that said %s', async (decision, _, reason) => {
    const { start } = await stage.judged({ decision: decision as 'reject' });
    const { outputs, refused } = await stage.step({ ...start, deploy: 'true' });
    expect(refused).toMatch(reason);
    expect(outputs).toMatchObject({ decision: 'none', deploy: false, weight: 0 });
    expect(await stage.router.weight()).toBe(0);
  });

  it('what was approved and then rejected', async () => {
    const { judged, start } = await stage.judged();
    await judged.judge('reject');
    expect((await stage.step(start)).refused).toMatch(/approved .* and rejected afterwards/);
  });

  it.each([
    ['no record', { record: undefined }, /needs a record that proves the gate's approval/],
    [
      'another run',
      { 'run-id': 'run-0000-0009' },
      /run-id is run-0000-0009, but the record is of run run-0000-0001/,
    ],
    [
      'another image',
      { image: `r.example/x@sha256:${'1'.repeat(64)}` },
      /says nothing about the image r\.example/,
    ],
    [
      'another version',
      { version: 'qwen-v9.0.0' },
      /version is qwen-v9\.0\.0, but the image serves under qwen-v1\.1\.0/,
    ],
    ['no figures', { metrics: undefined }, /cannot be judged without figures: pass metrics/],
    ['a log that is not there', { metrics: '/nowhere/access.log' }, /\/nowhere\/access\.log/],
    ['a password that the state would keep', { metrics: 'http://a:b@127.0.0.1:9090' }, /PROMETHEUS_USERNAME/],
    ['a plan that shrinks', { plan: '5@1h,1@1h' }, /plan/],
    ['a misspelt policy', { policy: 'sequentail' }, /did you mean 'sequential'/],
    ['a gateway that is not there', { target: 'unix:/nowhere/admin.sock' }, /admin\.sock is not there/],
  ] as const)('bad input: %s', async (_, change, message) => {
    const { start } = await stage.judged();
    const given = Object.entries({ ...start, ...change }).filter((entry) => entry[1] !== undefined);
    const error = await stage
      .step(Object.fromEntries(given) as Record<string, string>)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toMatch(message);
    expect(await stage.router.weight()).toBe(0);
  });

  it('a Prometheus that does not answer is a system that does not answer', async () => {
    const { start } = await stage.judged();
    const error = await stage.step({ ...start, metrics: 'http://127.0.0.1:9' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 4 });
  });

  it('a record that was changed, with both digests', async () => {
    const { judged, start } = await stage.judged({ decision: 'reject' });
    const folder = join(stage.env.SLUICE_STORE_URL as string, judged.runId, 'record');
    for (const name of (await readdir(folder)).filter((n) => n.endsWith('.intoto.jsonl')))
      await writeFile(join(folder, name), '{"made":"up"}\n');
    await expect(stage.step(start)).rejects.toThrow(/sha256:[0-9a-f]{64}.*sha256:[0-9a-f]{64}/s);
  });

  it('deploy: false opens nothing, not even the gateway', async () => {
    const { outputs, refused, always } = await stage.step({
      deploy: 'false',
      target: 'unix:/nowhere/admin.sock',
    });
    expect({ decision: outputs.decision, always }).toEqual({ decision: 'none', always: true });
    expect(refused).toMatch(/did not approve/);
    await expect(async () => stage.step({ deploy: '' })).rejects.toThrow(/deploy/);
  });
});
