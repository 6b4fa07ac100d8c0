import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from './gateway.ts';

let folder: string;
let map: string;
let gateway: Gateway;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-map-'));
  map = join(folder, 'segments.map');
  await writeFile(map, '');
  gateway = await startGateway({ config: { segments: { headers: ['x-region', 'x-tenant'], map } } });
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** How many of 40 users with these headers are answered by the canary. */
async function inCanary(headers: Record<string, string>): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const response = await fetch(gateway.url, { headers: { 'x-user-id': `user-${i}`, ...headers } });
      return response.text();
    }),
  );
  return answers.filter((text) => text.includes('canary')).length;
}

describe('segments in HAProxy', () => {
  it('let the share count for their users alone, changed at run time, and forgotten by a restart with the share', async () => {
    const router = await gateway.open(`&map=${map}`);
    expect(await router.segments?.()).toEqual({});
    await router.setSegments?.({ 'X-Region': ['EU', 'us'], 'x-tenant': ['acme'] }, 'stable');
    expect(await router.segments?.()).toEqual({ 'x-region': ['eu', 'us'], 'x-tenant': ['acme'] });
    await router.setWeight(100);
    expect(await inCanary({ 'x-region': 'eu', 'x-tenant': 'Acme' })).toBe(40);
    expect(await inCanary({ 'x-region': 'eu' })).toBe(0);
    expect(await inCanary({ 'x-region': 'asia', 'x-tenant': 'acme' })).toBe(0);
    expect(await inCanary({})).toBe(0);
    // the percentage comes after the segment
    await router.setWeight(50);
    const half = await inCanary({ 'x-region': 'us', 'x-tenant': 'acme' });
    expect(half).toBeGreaterThan(5);
    expect(half).toBeLessThan(35);

    // where `canary` is the live slot, everybody else is there
    await router.setWeight(0);
    await router.setSegments?.({ 'x-region': ['eu'] }, 'canary');
    expect(await inCanary({ 'x-region': 'eu' })).toBe(0);
    expect(await inCanary({})).toBe(40);

    await router.setSegments?.({}, 'stable');
    await router.setWeight(100);
    expect(await inCanary({})).toBe(40);

    await router.setSegments?.({ 'x-region': ['eu'] }, 'canary');
    await gateway.haproxy.restart(gateway.port);
    expect(await (await gateway.open(`&map=${map}`)).segments?.()).toEqual({});
    expect(await inCanary({})).toBe(0);
  });

  it('that cannot be told are refused before anything changes', async () => {
    const router = await gateway.open(`&map=${map}`);
    for (const wrong of [
      { 'x-region': [] },
      { 'x-region': ['a b'] },
      { 'x;y': ['a'] },
      { 'x-region': ['a; shutdown'] },
    ])
      await expect(router.setSegments?.(wrong, 'stable')).rejects.toThrow(/segments: /);
    await expect((await gateway.open()).setSegments?.({ 'x-region': ['eu'] }, 'stable')).rejects.toThrow(
      /names no map=/,
    );
    await expect(gateway.open('&map=relative')).rejects.toThrow(/an absolute path/);
  });
});
