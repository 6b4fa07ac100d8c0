import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Patient } from './check.ts';
import { clock, dateOf, skew } from './clock.ts';
import { authorities, proxy } from './network.ts';
import { prometheus, router, store, tracker } from './systems.ts';
import { isAtLeast, node, tools } from './tools.ts';

let folder: string;
let close: (() => Promise<void>) | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));
});
afterEach(async () => {
  await close?.();
  close = undefined;
  rmSync(folder, { recursive: true });
});

const patient = (given: Partial<Patient> = {}): Patient => ({
  env: { PATH: process.env.PATH },
  workspace: folder,
  trackingUri: undefined,
  router: 'haproxy',
  target: undefined,
  prometheus: undefined,
  ...given,
});

/** What the newest request logged in with. */
let login: string | undefined;

async function server(status: number, body: unknown, date?: Date): Promise<string> {
  const http = createServer((request, response) => {
    login = request.headers.authorization;
    if (date) response.setHeader('date', date.toUTCString());
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  close = () =>
    new Promise((resolve) => {
      http.closeAllConnections();
      http.close(() => resolve());
    });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

describe('tools', () => {
  it('says which are missing and what for', async () => {
    const found = await tools(patient({ env: { PATH: folder } }));
    expect(found.every(({ state }) => state === 'warn')).toBe(true);
    expect(found.find(({ name }) => name === 'git')).toEqual({
      name: 'git',
      state: 'warn',
      found: 'not found',
      advice: 'Needed for the commit of a record, and model-affected: apt-get install git',
    });
  });

  it('says that one is too old', async () => {
    const old = join(folder, 'python3');
    writeFileSync(old, '#!/bin/sh\necho Python 3.8.10\n', { mode: 0o755 });
    const found = await tools(patient({ env: { PATH: folder } }));
    expect(found.find(({ name }) => name === 'python')?.found).toBe('python3 3.8.10 is too old');
  });

  it('compares versions by number', () => {
    expect(isAtLeast('HAProxy version 2.10.3', [2, 6])).toBe(true);
    expect(isAtLeast('HAProxy version 2.4.24', [2, 6])).toBe(false);
    expect(isAtLeast('Python 4.0', [3, 10])).toBe(true);
    expect(isAtLeast('no number', [1, 0])).toBe(false);
    expect(node('v24.1.0').state).toBe('ok');
    expect(node('v20.19.0').state).toBe('warn');
  });
});

describe('systems', () => {
  it('writes to the store and reads back', async () => {
    const env = { SLUICE_STORE_URL: join(folder, 'store') };
    expect(await store(patient({ env }))).toMatchObject({ state: 'ok' });
    expect(await store(patient())).toMatchObject({
      state: 'warn',
      advice: expect.stringContaining('SLUICE_STORE_URL'),
    });
    const nowhere = { SLUICE_STORE_URL: 'ftp://host/x' };
    expect(await store(patient({ env: nowhere }))).toMatchObject({ state: 'missing' });
  });

  it('tells a Prometheus from another server', async () => {
    const good = await server(200, { status: 'success', data: {} });
    expect(await prometheus(patient({ prometheus: good }))).toMatchObject({ state: 'ok' });
    await close?.();
    const other = await server(404, {});
    expect(await prometheus(patient({ prometheus: other }))).toMatchObject({
      state: 'missing',
      found: expect.stringContaining(`${other} refused the query`),
    });
  });

  it('logs in to it as a tick does', async () => {
    const address = await server(200, { status: 'success', data: {} });
    const asked = async (env: Record<string, string>) => {
      expect(await prometheus(patient({ prometheus: address, env }))).toMatchObject({ state: 'ok' });
      return login;
    };
    expect(await asked({})).toBeUndefined();
    expect(await asked({ PROMETHEUS_TOKEN: 'abc' })).toBe('Bearer abc');
    expect(await asked({ PROMETHEUS_USERNAME: 'u', PROMETHEUS_PASSWORD: 'p' })).toBe('Basic dTpw');
  });

  it('does not look at what is not set up', async () => {
    expect((await prometheus(patient())).state).toBe('off');
    expect((await router(patient())).state).toBe('off');
    expect((await tracker(patient())).state).toBe('off');
  });

  it('says that nobody listens', async () => {
    expect(await router(patient({ target: `unix:${folder}/none.sock` }))).toMatchObject({ state: 'missing' });
  });
});

describe('clock', () => {
  it('claims nothing within what a header can say', () => {
    const instant = fc.integer({ min: 0, max: 2e12 });
    const small = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(instant, small, small, (sent, way, back) => {
        const theirs = Math.floor((sent + way) / 1000) * 1000;
        return skew(sent, sent + way + back, theirs) === 0;
      }),
    );
    expect(skew(60_000, 60_100, 0)).toBe(59_000);
    expect(skew(0, 100, 60_000)).toBe(-59_900);
  });

  it('reads the header of a server behind another', () => {
    const date = 'Sat, 21 Nov 2026 13:59:06 GMT';
    expect(dateOf(`${date}, ${date}`)).toBe(Date.UTC(2026, 10, 21, 13, 59, 6));
    expect(dateOf('')).toBeNaN();
  });

  it('warns of a machine that is an hour behind', async () => {
    const address = await server(200, {}, new Date(Date.now() + 3_600_000));
    expect(await clock(patient({ prometheus: address }))).toMatchObject({
      state: 'warn',
      found: expect.stringMatching(/^3\d{3} s behind 127/),
    });
  });

  it('is content with a server of the same time', async () => {
    const address = await server(200, {});
    expect(await clock(patient({ trackingUri: address }))).toMatchObject({ state: 'ok' });
    expect((await clock(patient())).state).toBe('off');
  });
});

describe('network', () => {
  it('finds a proxy that takes no connection, and never shows its password', async () => {
    const env = { HTTPS_PROXY: 'http://bob:pa55@127.0.0.1:1' };
    const found = await proxy(patient({ env }));
    expect(found.state).toBe('missing');
    expect(JSON.stringify(found)).not.toContain('pa55');
  });

  it('asks that this machine is left out', async () => {
    const address = await server(200, {});
    expect(await proxy(patient({ env: { HTTP_PROXY: address } }))).toMatchObject({
      state: 'warn',
      advice: expect.stringContaining('NO_PROXY'),
    });
    const env = { HTTP_PROXY: address, NO_PROXY: 'localhost,127.0.0.1' };
    expect((await proxy(patient({ env }))).state).toBe('ok');
  });

  it('reads the files of authorities', async () => {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, 'nothing');
    expect(await authorities(patient({ env: { SSL_CERT_FILE: file } }), 0)).toMatchObject({
      state: 'missing',
      found: expect.stringContaining('holds no PEM certificate'),
    });
    expect((await authorities(patient(), 0)).state).toBe('off');
  });
});
