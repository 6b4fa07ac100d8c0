import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { AccessLog } from '@sluice/telemetry';
import { openRouter, type Router } from '@sluice/traffic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { versionFor } from './gateway.ts';
import { simulateUsers } from './load.ts';
import { type NginxGateway, startNginx } from './nginx.ts';

const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);

describe('NGINX by a file and a reload', () => {
  let gateway: NginxGateway;
  let router: Router;
  beforeAll(async () => {
    gateway = await startNginx();
    router = await gateway.open();
  });
  afterAll(async () => await gateway[Symbol.asyncDispose]());

  const inCanary = async (): Promise<string[]> => {
    const versions = await Promise.all(users.map((user) => versionFor(gateway.url, user)));
    return users.filter((_, i) => versions[i] === 'canary');
  };

  it('splits users, reads the share back, and moves none of them back', async () => {
    const identity = await router.identity();
    await router.setSalt?.('rollout-1');
    let before: string[] = [];
    for (const weight of [0, 1, 5, 25, 100]) {
      await router.setWeight(weight);
      expect(await router.weight()).toBe(weight);
      const now = await inCanary();
      expect(before.filter((user) => !now.includes(user))).toEqual([]);
      expect(Math.abs(now.length / users.length - weight / 100)).toBeLessThan(0.1);
      before = now;
    }
    expect(before).toEqual(users);
    expect(await router.salt?.()).toBe('rollout-1');
    expect(await router.identity()).toBe(identity);
    await router.setWeight(30);
    await expect(router.setSalt?.('rollout-2')).rejects.toThrow(/while 30 %/);
    await router.setWeight(0);
  });

  it('cuts no stream and loses no request', async () => {
    const from = new Date(Math.floor(Date.now() / 1000) * 1000);
    const answered = gateway.stable.requests + gateway.canary.requests;
    const changes = async (): Promise<void> => {
      for (const weight of [5, 25, 100, 50, 0]) {
        await new Promise((resolve) => setTimeout(resolve, 800));
        await router.setWeight(weight);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const seen = await simulateUsers(gateway.port, { perSecond: 200, streams: 10 }, changes());
    expect(seen.failures).toEqual([]);
    expect(seen.cut).toEqual([]);
    expect(gateway.stable.requests + gateway.canary.requests - answered).toBe(seen.requests + seen.streams);

    const log = new AccessLog({ path: gateway.log, step: 1000 });
    const now = (await log.now()).getTime();
    while (Date.now() < now + 2000) await versionFor(gateway.url, 'clock');
    const minutes = await log.window(from, new Date(now + 1000));
    const count = (of: 'requests' | 'errors', slot: 'stable' | 'canary'): number =>
      minutes.reduce((n, minute) => n + minute[slot][of], 0);
    expect(count('requests', 'canary')).toBeGreaterThan(0);
    expect(count('errors', 'canary') + count('errors', 'stable')).toBe(0);
    expect(count('requests', 'canary') + count('requests', 'stable')).toBeGreaterThanOrEqual(seen.requests);
    expect(log.notes()).toEqual([]);
  });

  it('is not believed to run with what it refused, and starts again with what it ran with', async () => {
    await router.setWeight(5);
    const split = await readFile(gateway.split, 'utf8');
    const config = await readFile(gateway.config, 'utf8');
    await writeFile(gateway.config, `${config}\nnot a directive;\n`);
    const quick = await openRouter({ kind: 'nginx', target: gateway.target, timeout: 700 });
    const error = await quick.setWeight(50).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 4 });
    expect(String(error)).toMatch(/send 50 % .* still says 5 % .* after 700 ms/);
    expect(await readFile(gateway.split, 'utf8')).toBe(split);
    await writeFile(gateway.config, config);
    await router.setWeight(0);
  });

  it('ends no process whose number an old pid file has', async () => {
    const other = spawn('sleep', ['60']);
    const gone = new Promise((resolve) => other.once('exit', resolve));
    const pidFile = gateway.split.replace('split.conf', 'old.pid');
    await writeFile(pidFile, `${other.pid}\n`);
    const split = await readFile(gateway.split, 'utf8');
    const wrong = await openRouter({
      kind: 'nginx',
      target: gateway.target.replace(/reload=.*/, `reload=${pidFile}`),
    });
    await expect(wrong.setWeight(5)).rejects.toThrow(/old\.pid is no NGINX \('sleep 60'\)/);
    expect(await readFile(gateway.split, 'utf8')).toBe(split);
    expect(other.kill('SIGTERM')).toBe(true);
    await gone;
    expect(other.signalCode).toBe('SIGTERM');
  });

  it('says what is missing', async () => {
    const open = (target: string) => openRouter({ kind: 'nginx', target });
    const other = await open(gateway.target.replace('nginx.pid', 'other.pid'));
    await expect(other.setWeight(0)).rejects.toThrow(/pid file .*other.pid cannot be read/);
    await expect(open(gateway.target.replace('/split&', '/other&'))).rejects.toThrow(
      /must return \$sluice_split/,
    );
    await expect(
      open(gateway.target.replace(/http:.*\/split&/, 'http://127.0.0.1:9/&')),
    ).rejects.toMatchObject({
      exitCode: 4,
    });
  });
});
