import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { UserError } from '@sluice/contract';
import { bucketOf, cellOf, openRouter, type Router } from '@sluice/traffic';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Gateway, startGateway, versionFor } from './gateway.ts';

const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);

describe('HAProxy by its admin socket', () => {
  let gateway: Gateway;
  let router: Router;
  beforeAll(async () => {
    gateway = await startGateway();
    router = await gateway.open();
  });
  afterAll(async () => await gateway[Symbol.asyncDispose]());
  beforeEach(async () => await router.setWeight(0));

  const inCanary = async (): Promise<Set<string>> => {
    const found = new Set<string>();
    for (const user of users) if ((await versionFor(gateway.url, user)) === 'canary') found.add(user);
    return found;
  };

  it('sends exactly the users whose bucket lies below the weight, and moves none of them back', async () => {
    await router.setSalt?.('rollout-1');
    let before = new Set<string>();
    for (const weight of [0, 1, 5, 25, 100]) {
      await router.setWeight(weight);
      expect(await router.weight()).toBe(weight);
      const now = await inCanary();
      const expected = users.filter((user) => bucketOf(cellOf(user), 'rollout-1') < weight * 100);
      expect([...now].sort()).toEqual(expected.sort());
      expect([...before].filter((user) => !now.has(user))).toEqual([]);
      before = now;
    }
    expect(before.size).toBe(users.length);
  });

  it('draws other users for another salt, but not while users are split', async () => {
    await router.setSalt?.('one');
    await router.setWeight(25);
    const one = await inCanary();
    await expect(router.setSalt?.('two')).rejects.toThrow(/cannot change from 'one' to 'two' while 25 %/);
    await router.setSalt?.('one');
    await router.setWeight(0);
    await router.setSalt?.('two');
    expect(await router.salt?.()).toBe('two');
    await router.setWeight(25);
    const two = await inCanary();
    const both = [...one].filter((user) => two.has(user)).length;
    expect(both).toBeGreaterThan(0);
    expect(both).toBeLessThan(one.size / 2);
  });

  it('takes the user from a cookie, else from the source address', async () => {
    await router.setSalt?.('cookies');
    await router.setWeight(50);
    for (const user of users.slice(0, 40)) {
      const response = await fetch(gateway.url, { headers: { cookie: `sluice-user=${user}` } });
      const expected = bucketOf(cellOf(user), 'cookies') < 5000 ? 'canary' : 'stable';
      expect(await response.text()).toBe(expected);
    }
    const anonymous = new Set<string>();
    for (let i = 0; i < 10; i++) anonymous.add(await (await fetch(gateway.url)).text());
    expect(anonymous.size).toBe(1);
  });

  it.each([
    [20_000, 100],
    [-5, 0],
  ])(
    'takes %i basis points, which somebody mistyped, for the share that users get',
    async (points, share) => {
      const path = /^unix:([^?]+)/.exec(gateway.target)?.[1] as string;
      const socket = connect({ path }).resume();
      socket.write(`experimental-mode on; set var proc.canary int(${points})\n`);
      await new Promise((resolve) => socket.on('close', resolve));
      expect((await inCanary()).size).toBe((users.length * share) / 100);
      expect(await router.weight()).toBe(share);
      await router.setWeight(0);
      expect((await inCanary()).size).toBe(0);
    },
  );

  it('keeps a basis point and refuses what is finer or outside', async () => {
    await router.setWeight(0.01);
    expect(await router.weight()).toBe(0.01);
    for (const weight of [-1, 100.01, 0.005, Number.NaN])
      await expect(router.setWeight(weight)).rejects.toThrow(UserError);
    expect(await router.weight()).toBe(0.01);
  });

  it('sends no further request to the canary once a weight of 0 was set', async () => {
    await router.setWeight(100);
    await router.setWeight(0);
    const served = gateway.canary.requests;
    for (const user of users.slice(0, 200)) expect(await versionFor(gateway.url, user)).toBe('stable');
    expect(gateway.canary.requests).toBe(served);
  });

  it('lets a stream that is under way live through a change', async () => {
    const response = await fetch(`${gateway.url}/stream?n=15`, { headers: { 'x-user-id': 'reader' } });
    expect(response.headers.get('x-version')).toBe('stable');
    const text = response.text();
    await router.setWeight(100);
    expect(await versionFor(gateway.url, 'reader')).toBe('canary');
    const events = (await text).trim().split('\n\n');
    expect(events).toHaveLength(16);
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(events.every((event) => event.includes('stable') || event.includes('[DONE]'))).toBe(true);
  });

  it('says which servers lie behind the slots and points a slot at another address', async () => {
    const address = `127.0.0.1:${gateway.canary.port}`;
    expect(await router.servers?.()).toEqual({
      stable: [{ name: 'stable-1', address: `127.0.0.1:${gateway.stable.port}` }],
      canary: [{ name: 'canary-1', address }],
    });
    await router.setWeight(100);
    await router.point?.('canary', `127.0.0.1:${gateway.stable.port}`);
    expect(await versionFor(gateway.url, 'a')).toBe('stable');
    await router.point?.('canary', `http://${address}/v1`);
    expect(await versionFor(gateway.url, 'a')).toBe('canary');
    await expect(router.point?.('canary', 'localhost')).rejects.toThrow(/no IP address and port/);
  });

  it('knows a slot by its backend, by its address and by its URL', async () => {
    const stable = `127.0.0.1:${gateway.stable.port}`;
    const canary = `http://127.0.0.1:${gateway.canary.port}/v1`;
    const opened = await openRouter({ kind: 'haproxy', target: gateway.target, stable, canary });
    expect(opened.frontend).toBe('users');
    expect(opened.slots).toEqual({ stable: 'stable', canary: 'canary' });
    expect(await opened.servers?.()).toEqual(await router.servers?.());
  });

  it.each([
    ['unix:/nowhere/admin.sock', {}, /admin socket unix:\/nowhere\/admin.sock is not there/],
    ['?frontend=userz', {}, /no frontend 'userz'. Did you mean users\?/],
    ['?var=share', {}, /no variable proc.share. Add 'set-var proc.share int\(0\)'/],
    [
      '',
      { canary: 'canari' },
      /canary 'canari' is neither a backend.*Did you mean canary\? It has: stable \(127/,
    ],
    ['', { canary: 'stable' }, /both backend stable/],
  ])('says what is wrong with %j %j', async (target, slots, message) => {
    const socket = gateway.target.replace(/\?.*/, '');
    const open = openRouter({
      kind: 'haproxy',
      target: target.startsWith('unix:') ? target : socket + target,
      ...slots,
    });
    const error = await open.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(message);
  });
});

describe('HAProxy after a restart', () => {
  it('is another process, which sends nobody to the canary', async () => {
    await using gateway = await startGateway();
    const router = await gateway.open();
    const before = await router.identity();
    expect(before).toMatch(new RegExp(`^haproxy:${gateway.haproxy.pid}@\\d+$`));
    await router.setWeight(25);
    expect(await router.identity()).toBe(before);
    await gateway.haproxy.restart(gateway.port);
    expect(await router.identity()).not.toBe(before);
    expect(await router.weight()).toBe(0);
    expect(await versionFor(gateway.url, 'anyone')).toBe('stable');
  });

  it('keeps the live slot that was written for it', async () => {
    await using gateway = await startGateway({ more: ['restart.cfg'] });
    const file = join(gateway.folder, 'restart.cfg');
    const router = await gateway.open(`&file=${file}`);
    await router.setSalt?.('s1');
    await router.setWeight(100);
    expect(existsSync(file)).toBe(false);
    await router.setRestartWeight?.(100);
    await gateway.haproxy.restart(gateway.port);
    expect(await router.weight()).toBe(100);
    expect(await router.salt?.()).toBe('s1');
    expect(await versionFor(gateway.url, 'anyone')).toBe('canary');
  });

  it('that has not come up again is a system that does not answer', async () => {
    await using gateway = await startGateway();
    const router = await gateway.open();
    await gateway.haproxy.stop();
    await expect(router.weight()).rejects.toMatchObject({ exitCode: expect.any(Number) });
  });
});

describe('a HAProxy that is not set up for it', () => {
  it('is told apart: a socket that is not of level admin', async () => {
    await using gateway = await startGateway({ change: (c) => c.replace('level admin', 'level user') });
    const opened = gateway.open();
    await expect(opened.then((router) => router.setWeight(1))).rejects.toThrow(/not of level admin/);
  });

  it('by TCP as by a Unix socket, and silence has a limit', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const error = await openRouter({ kind: 'haproxy', target: `tcp:127.0.0.1:${port}`, timeout: 200 }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ exitCode: 4 });
    expect(String(error)).toContain('within 200 ms');
    silent.close();

    const { freePorts } = await import('../parts/haproxy.ts');
    const [admin] = await freePorts(1);
    await using gateway = await startGateway({ config: { socket: `127.0.0.1:${admin}` } });
    const router = await openRouter({ kind: 'haproxy', target: `tcp:127.0.0.1:${admin}?frontend=users` });
    await router.setWeight(12.5);
    expect(await router.weight()).toBe(12.5);
    expect(gateway.haproxy.pid).toBeGreaterThan(0);
  });
});
