import { fileURLToPath } from 'node:url';
import { stillRuns } from '@sluice/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.ts';

const SERVER = fileURLToPath(new URL('model-server.mjs', import.meta.url));

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  // its place is taken by the program that canary-step starts
  await stage.servers.canary.stop();
});
afterEach(async () => {
  for (const { process: started } of Object.values((await stage.state()).instances ?? {}))
    if (started && (await stillRuns(started))) process.kill(-started.pid, 'SIGKILL');
  await stage[Symbol.asyncDispose]();
});

const start = (more: Record<string, unknown> = {}) => {
  const port = stage.servers.canary.address.split(':')[1] as string;
  return JSON.stringify({ command: [process.execPath, SERVER, port, '{version}'], drain: '1s', ...more });
};
const instance = async () => (await stage.state()).instances?.canary;
const running = async () => {
  const started = (await instance())?.process;
  return started ? stillRuns(started) : false;
};

describe('the new version, brought up by a command', () => {
  it('outlives the call, is warmed up outside of all figures, and ends once it was taken back', async () => {
    const given = (await stage.judged()).start;
    const { result } = await stage.withUsers(() =>
      stage.step({ ...given, start: start(), plan: '50@1h,100@1h', warmup: '4' }),
    );
    expect(result.outputs).toMatchObject({ 'run-id': 'run-0000-0001' });
    expect(await instance()).toMatchObject({ status: 'up', runId: 'run-0000-0001' });
    expect(await running()).toBe(true);
    await stage.tickUntil(50);
    const first = (await instance())?.process?.pid;
    expect((await stage.step()).outputs['exposed-requests']).toBeGreaterThanOrEqual(0);
    expect((await instance())?.process?.pid).toBe(first);

    await stage.step({ command: 'abort', reason: 'a test' });
    expect(await stage.router.weight()).toBe(0);
    expect(await running()).toBe(false);
    expect(await instance()).toMatchObject({ status: 'down' });
  });

  it('ends also where another job took it back: the next tick does it', async () => {
    const given = (await stage.judged()).start;
    await stage.withUsers(() => stage.step({ ...given, start: start(), plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    await stage.rollback({ 'run-id': 'run-0000-0001' });
    expect(await running()).toBe(true);
    await stage.step();
    expect(await running()).toBe(false);
  });

  it('that ends by itself, or cannot be started, gets nobody', async () => {
    const given = { ...(await stage.judged()).start, plan: '50@1h,100@1h' };
    const dies = start({ command: [process.execPath, '-e', 'console.log("no GPU"); process.exit(1)'] });
    await expect(stage.step({ ...given, start: dies })).rejects.toMatchObject({ exitCode: 5 });
    expect(await stage.router.weight()).toBe(0);
    expect(await instance()).toMatchObject({ status: 'starting' });
    await expect(
      stage.step({
        ...given,
        'run-id': 'run-0000-0001',
        start: '{"command": [], "drain": "1s"}',
        busy: 'replace',
      }),
    ).rejects.toMatchObject({ exitCode: 2 });
  });

  it('stays after its promotion, while the old one is not ours to end', async () => {
    const given = (await stage.judged()).start;
    const whole = { ...given, start: start(), 'keep-old': '0s', wait: 'true', 'wait-limit': '90s' };
    const { result, failures } = await stage.withUsers(() => stage.step(whole));
    expect(result.outputs.decision).toBe('complete');
    expect(failures).toEqual([]);
    expect(await running()).toBe(true);
    expect(await stage.router.weight()).toBe(100);
  });
});
