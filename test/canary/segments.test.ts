import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Stage } from './stage.ts';

let folder: string;
let stage: Stage;
let target: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-map-'));
  const map = join(folder, 'segments.map');
  await writeFile(map, '');
  stage = await Stage.open({ segments: { headers: ['x-region'], map } });
  target = `${stage.gateway.target}&map=${map}`;
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The version that answers some user of a region. */
async function versionsIn(region: string | undefined): Promise<string[]> {
  const seen = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      const headers = { 'x-user-id': `u${i}`, ...(region ? { 'x-region': region } : {}) };
      return (await fetch(`http://127.0.0.1:${stage.gateway.port}/v1/x`, { headers })).headers.get(
        'x-version',
      );
    }),
  );
  return [...new Set(seen.map(String))].sort();
}

it('a rollout for a segment reaches nobody else, also after a restart of the gateway, and everybody once it is complete', async () => {
  const { start } = await stage.judged();
  const given = { ...start, target, segments: 'X-Region = EU, us', plan: '50@3s,100@3s' };
  /** Users of both kinds come while it ticks. */
  const until = async (done: () => Promise<boolean>) => {
    for (const end = Date.now() + 90_000; !(await done()); ) {
      await Promise.all([versionsIn('eu'), versionsIn('asia')]);
      await stage.step({ target });
      if (Date.now() > end) throw new Error('it does not move');
    }
  };
  await stage.withUsers(() => stage.step(given));
  await stage.withUsers(() => until(async () => (await stage.router.weight()) === 50));
  expect(await versionsIn('eu')).toEqual(['qwen-v1.0.0', 'qwen-v1.1.0']);
  expect(await versionsIn('asia')).toEqual(['qwen-v1.0.0']);
  expect(await versionsIn(undefined)).toEqual(['qwen-v1.0.0']);

  await stage.gateway.haproxy.restart(stage.gateway.port);
  await stage.withUsers(() => until(async () => (await stage.router.weight()) >= 50));
  expect(await versionsIn('asia')).toEqual(['qwen-v1.0.0']);
  await stage.withUsers(() => until(async () => (await stage.step({ target })).outputs.decision === 'none'));
  expect(await stage.router.weight()).toBe(100);
  expect(await versionsIn('asia')).toEqual(['qwen-v1.1.0']);
});

it('a gateway that cannot be told segments is bad input, and nobody is moved', async () => {
  const { start } = await stage.judged();
  await expect(stage.step({ ...start, segments: 'x-region=eu' })).rejects.toMatchObject({ exitCode: 2 });
  await expect(stage.step({ ...start, target, segments: 'x-region' })).rejects.toThrow(
    /no header with its values/,
  );
  expect(await stage.router.weight()).toBe(0);
  // nothing had begun: the same run may start without them
  await stage.withUsers(() => stage.step(start));
  expect((await stage.state()).rollout).toMatchObject({ runId: start['run-id'], closed: null });
  expect((await stage.state()).rollout?.segments).toBeUndefined();
});
