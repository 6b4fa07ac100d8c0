import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemError } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { s3Store } from './s3-store.ts';

/** How far the server looks at the conditions of a write: not at all, where there is an object, everywhere. */
type Conditions = 'none' | 'of objects' | 'all';

let server: Server;
let store: Store;
let conditions: Conditions;
let cut: boolean;
let objects: Map<string, string>;

const etagOf = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;

function refused({ 'if-match': match, 'if-none-match': none }: IncomingMessage['headers'], old?: string) {
  if (conditions === 'none') return undefined;
  if (none === '*' && old !== undefined) return 412;
  if (match !== undefined && old === undefined) return conditions === 'all' ? 404 : undefined;
  return match !== undefined && match !== etagOf(old as string) ? 412 : undefined;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const key = request.url as string;
  const old = objects.get(key);
  if (request.method === 'PUT') {
    const status = refused(request.headers, old);
    if (status) return void response.writeHead(status).end();
    objects.set(key, body);
    return void response.writeHead(200, { etag: etagOf(body) }).end();
  }
  if (old === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { etag: etagOf(old), 'content-length': old.length });
  if (!cut) return void response.end(old);
  response.write(old.slice(0, 3), () => response.destroy());
}

beforeEach(async () => {
  [conditions, cut, objects] = ['all', false, new Map()];
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  store = s3Store('s3://states/here', {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a state in S3', () => {
  it.each(['all', 'of objects'] as const)(
    'begins where the server looks at the conditions: %s',
    async (how) => {
      conditions = how;
      for (const key of ['one.json', 'two.json']) {
        const made = await store.compareAndSet(key, { weight: 1 }, undefined);
        if (!made.ok) throw new Error('not made');
        expect(await store.compareAndSet(key, { weight: 5 }, made.state)).toMatchObject({ ok: true });
        const late = await store.compareAndSet(key, { weight: 9 }, made.state);
        expect(late).toMatchObject({ ok: false, current: { value: { weight: 5 } } });
        expect(await store.compareAndSet(key, { weight: 9 }, undefined)).toMatchObject({ ok: false });
      }
    },
  );

  it('does not begin at a server that passes over If-Match, however often it is tried', async () => {
    conditions = 'none';
    for (const _ of [1, 2]) {
      const begun = store.compareAndSet('one.json', { weight: 1 }, undefined);
      await expect(begun).rejects.toThrow(SystemError);
      await expect(begun).rejects.toThrow(/passes over If-Match.* state: file:<path>/);
    }
    expect(await store.readState('one.json')).toBeUndefined();
  });

  it('an answer that breaks off is an error of the system', async () => {
    await store.compareAndSet('one.json', { weight: 1 }, undefined);
    cut = true;
    for (const read of [store.readState('one.json'), store.get('one.json')]) {
      await expect(read).rejects.toThrow(SystemError);
      await expect(read).rejects.toThrow(/broke off its answer for s3:\/\/states\/here\/one\.json/);
    }
  });
});
