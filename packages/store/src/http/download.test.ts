import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemError } from '@sluice/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ask, download } from './download.ts';

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251));
let folder: string;
/** After how many bytes the next answers break off; then they are whole. */
let breaks: number[];
let ranges: (string | undefined)[];
let knowsRanges: boolean;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  [breaks, ranges, knowsRanges] = [[], [], true];
});
afterEach(() => rm(folder, { recursive: true }));

/** A server of BYTES. */
const ask: Ask = async ({ range }) => {
  ranges.push(range);
  const start = knowsRanges && range ? Number(/\d+/.exec(range)?.[0]) : 0;
  const status = start > 0 ? 206 : 200;
  return new Response(breaking(BYTES.subarray(start), breaks.shift()), {
    status,
    headers: { etag: '"one"' },
  });
};

/** A body that fails once `end` bytes of it were read. */
function breaking(bytes: Uint8Array, end = Number.POSITIVE_INFINITY): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream(
    {
      pull: (controller) => {
        const next = bytes.subarray(at, Math.min(at + 16_384, end));
        at += next.length;
        if (next.length > 0) controller.enqueue(next);
        else if (at < bytes.length) controller.error(new Error('reset'));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

describe('a download', () => {
  it('that breaks goes on where it was', async () => {
    breaks = [100_000, 50_000];
    expect(await download(ask, join(folder, 'sub/file'), 'it')).toBe(true);
    expect(Buffer.compare(await readFile(join(folder, 'sub/file')), BYTES)).toBe(0);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
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
    const broken = async () => new Response(breaking(BYTES, 0), { headers: { etag: '"one"' } });
    await expect(download(broken, join(folder, 'file'), 's3://b/k')).rejects.toThrow(SystemError);
    await expect(download(broken, join(folder, 'file'), 's3://b/k')).rejects.toThrow(/s3:\/\/b\/k.*reset/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('of nothing is false', async () => {
    expect(await download(async () => undefined, join(folder, 'file'), 'it')).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});
