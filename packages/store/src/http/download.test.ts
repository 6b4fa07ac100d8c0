import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemError } from '@sluice/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.ts';

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251));
let server: Server;
let folder: string;
/** After how many bytes the next answers break off; then they are whole. */
let breaks: number[];
let ranges: (string | undefined)[];
let knowsRanges: boolean;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  [breaks, ranges, knowsRanges] = [[], [], true];
  server = createServer((incoming, outgoing) => {
    const range = incoming.headers.range;
    ranges.push(range);
    const start = knowsRanges && range ? Number(/\d+/.exec(range)?.[0]) : 0;
    const rest = BYTES.subarray(start);
    outgoing.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length, etag: '"one"' });
    const end = breaks.shift();
    if (end === undefined) outgoing.end(rest);
    // a reader that is told of the break drops what it has not read yet: let it read
    else outgoing.write(rest.subarray(0, end), () => setTimeout(() => outgoing.socket?.destroy(), 30));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

const ask = (headers: Readonly<Record<string, string>>) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers });

describe('a download', () => {
  it('that breaks goes on where it was', async () => {
    breaks = [100_000, 50_000];
    expect(await download(ask, join(folder, 'sub/file'), 'it')).toBe(true);
    expect(Buffer.compare(await readFile(join(folder, 'sub/file')), BYTES)).toBe(0);
    expect(ranges[0]).toBeUndefined();
    const [second, third] = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    expect(second).toBeGreaterThan(0);
    expect(third).toBeGreaterThan(second as number);
  });

  it('starts anew at a server that knows no ranges', async () => {
    knowsRanges = false;
    breaks = [100_000];
    expect(await download(ask, join(folder, 'file'), 'it')).toBe(true);
    expect(Buffer.compare(await readFile(join(folder, 'file')), BYTES)).toBe(0);
  });

  it('is whole wherever it broke', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 5 }), async (list) => {
        breaks = [...list];
        await download(ask, join(folder, 'file'), 'it');
        expect(Buffer.compare(await readFile(join(folder, 'file')), BYTES)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  it('that breaks for ever is given up and leaves nothing behind', async () => {
    const broken = async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) }), {
        headers: { etag: '"one"' },
      });
    await expect(download(broken, join(folder, 'file'), 's3://b/k')).rejects.toThrow(SystemError);
    await expect(download(broken, join(folder, 'file'), 's3://b/k')).rejects.toThrow(/s3:\/\/b\/k.*reset/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('of nothing is false', async () => {
    expect(await download(async () => undefined, join(folder, 'file'), 'it')).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});
