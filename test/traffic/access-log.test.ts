import { appendFile, copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AccessLog, type Counts, type Minute, parseLine, quantile, total } from '@sluice/telemetry';
import { bucketOf, cellOf } from '@sluice/traffic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway, versionFor } from './gateway.ts';

const STEP = 1000;
const sum = (minutes: readonly Minute[], slot: 'stable' | 'canary', of: (c: Counts) => number): number =>
  minutes.reduce((n, minute) => n + of(minute[slot]), 0);

/** Groups of users that asked for anything. */
const groupsOf = (counts: readonly Counts[]): Set<number> =>
  new Set(counts.flatMap((c) => (c.users?.requests ?? []).flatMap((n, group) => (n > 0 ? [group] : []))));

/** Everything from `from` on, as soon as the log's clock is past what has happened until now. */
async function everything(log: AccessLog, gateway: Gateway, from: Date): Promise<Minute[]> {
  const happened = Date.now();
  for (;;) {
    // a metric clock stands still without requests
    await versionFor(gateway.url, 'clock');
    const now = await log.now();
    if (now.getTime() > happened + 2 * STEP) return await log.window(from, new Date(happened + STEP));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the access log of a real HAProxy', () => {
  let gateway: Gateway;
  let from: Date;
  beforeAll(async () => {
    gateway = await startGateway({ config: { silence: '2s' } });
    from = new Date(Math.floor(Date.now() / STEP) * STEP);
  });
  afterAll(async () => await gateway[Symbol.asyncDispose]());

  it('holds as many requests and errors of each slot as the servers saw', async () => {
    const router = await gateway.open();
    await router.setSalt?.('log');
    await router.setWeight(30);
    gateway.canary.failing = 0.5;
    gateway.canary.delay = 40;
    const users = Array.from({ length: 300 }, (_, i) => `user-${i}`);
    for (const user of users) await versionFor(gateway.url, user);
    gateway.canary.failing = 0;
    gateway.canary.delay = 0;
    const seen = { stable: gateway.stable.requests, canary: gateway.canary.requests };
    const failed = gateway.canary.answered.get(500) ?? 0;
    expect(seen.canary).toBeGreaterThan(50);
    expect(failed).toBeGreaterThan(10);

    const log = new AccessLog({ path: gateway.haproxy.log, frontend: 'users', step: STEP });
    await router.setWeight(0);
    const minutes = await everything(log, gateway, from);
    // the clock's own requests went to stable
    expect(sum(minutes, 'canary', (c) => c.requests)).toBe(seen.canary);
    expect(sum(minutes, 'canary', (c) => c.errors)).toBe(failed);
    expect(sum(minutes, 'stable', (c) => c.requests)).toBeGreaterThanOrEqual(seen.stable);
    expect(sum(minutes, 'stable', (c) => c.errors)).toBe(0);
    expect(sum(minutes, 'canary', (c) => total(c.latency ?? { bounds: [], cumulative: [] }))).toBe(
      seen.canary,
    );
    for (const { canary } of minutes)
      if (canary.latency && canary.requests > 0) expect(quantile(canary.latency, 0.5)).toBeGreaterThan(30);

    const groups = groupsOf(minutes.map(({ canary }) => canary));
    const expected = new Set(
      users
        .map((user) => bucketOf(cellOf(user), 'log'))
        .filter((b) => b < 3000)
        .map((b) => Math.floor(b / 100)),
    );
    expect([...groups].sort()).toEqual([...expected].sort());
    expect(log.notes()).toEqual([]);
  });

  it('sorts requests before a rollout by the bucket that its salt gives them', async () => {
    const salted = new AccessLog({
      path: gateway.haproxy.log,
      step: STEP,
      bucketOf: (cell) => bucketOf(cell, 'another'),
    });
    const minutes = await salted.window(from, await salted.now());
    const groups = groupsOf(minutes.flatMap(({ stable, canary }) => [stable, canary]));
    const expected = Array.from({ length: 300 }, (_, i) => bucketOf(cellOf(`user-${i}`), 'another'));
    for (const bucket of expected) expect(groups).toContain(Math.floor(bucket / 100));
  });

  it('blames the server for silence, a cut answer and a refusal, and not the client who leaves', async () => {
    const start = new Date(Math.ceil(Date.now() / STEP) * STEP);
    while (Date.now() < start.getTime()) await new Promise((resolve) => setTimeout(resolve, 20));
    const router = await gateway.open();
    await router.setWeight(100);
    const outcomes = async (path: string): Promise<number> =>
      await fetch(gateway.url + path).then(
        async (response) => {
          await response.text().catch(() => '');
          return response.status;
        },
        () => 0,
      );
    expect(await outcomes('/hang')).toBe(504);
    expect(await outcomes('/cut')).toBe(200);
    await leave(gateway.port, '/hang', 300);
    await leave(gateway.port, '/stream?n=100', 300);
    await router.point?.('canary', '127.0.0.1:9');
    expect(await outcomes('/')).toBe(503);
    await router.setWeight(0);
    const log = new AccessLog({ path: gateway.haproxy.log, step: STEP });
    const minutes = await everything(log, gateway, start);
    expect(sum(minutes, 'canary', (c) => c.errors)).toBe(3);
    expect(sum(minutes, 'canary', (c) => c.aborted ?? 0)).toBe(2);
    expect(sum(minutes, 'canary', (c) => c.requests)).toBe(5);
    // a client that gives up waiting has waited at least that long
    expect(sum(minutes, 'canary', (c) => total(c.latency ?? { bounds: [], cumulative: [] }))).toBe(5);
    expect(sum(minutes, 'canary', (c) => total(c.first ?? { bounds: [], cumulative: [] }))).toBe(2);
  });

  it('is read over a rotation, a copy with truncation, garbled and half-written lines', async () => {
    const path = gateway.haproxy.log;
    const log = new AccessLog({ path, step: STEP });
    const before = await log.window(from, await log.now());
    const requests = sum(before, 'stable', (c) => c.requests);
    expect(requests).toBeGreaterThan(200);

    // copytruncate, as logrotate does it where a program keeps its log open
    await copyFile(path, `${path}.1`);
    await truncate(path);
    const last = (before.at(-1) as Minute).start.getTime() + STEP;
    const copied = await log.window(from, new Date(last));
    expect(sum(copied, 'stable', (c) => c.requests)).toBe(requests);

    await versionFor(gateway.url, 'after');
    // HAProxy goes on at its old position, behind a gap of zero bytes
    const line = (await readFile(path, 'utf8')).replaceAll('\0', '');
    expect(parseLine(line)).toMatchObject({ backend: 'stable', outcome: 'answered' });
    await appendFile(path, `${line.slice(0, 60)}\n[NOTICE] not a request\n${line.slice(0, 40)}`);
    const whole = await log.window(from, new Date(last));
    expect(whole).toEqual(copied);
    expect(log.notes()).toEqual([expect.stringMatching(/^1 of \d+ lines are cut off or no JSON/)]);

    // renamed and packed
    await rename(`${path}.1`, `${path}.2`);
    await writeFile(`${path}.2.gz`, gzipSync(await readFile(`${path}.2`)));
    await rm(`${path}.2`);
    const packed = new AccessLog({ path, step: STEP });
    expect(await packed.window(from, new Date(last))).toEqual(copied);
  });
});

/** Asks and closes the connection after some milliseconds. */
async function leave(port: number, path: string, after: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-user-id: leaver\r\n\r\n`);
      setTimeout(() => {
        socket.destroy();
        resolve();
      }, after);
    });
  });
}
