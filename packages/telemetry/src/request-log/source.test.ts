import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMetrics } from '../open.ts';
import { scanRequests } from './scan.ts';

const T0 = 1_795_200_000_000;
const MINUTE = 60_000;
const line = (time: number, more: object = {}): string =>
  `${JSON.stringify({ time, model_version: 'v1', request_id: `r${time}`, latency: 200, ttft: 50, tokens: 4, response: 'ok', finish_reason: 'stop', ...more })}\n`;
const date = (minutes: number): Date => new Date(T0 + minutes * MINUTE);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-requests-'));
  path = join(folder, 'requests.jsonl');
});
afterEach(async () => await rm(folder, { recursive: true }));
const open = (query = '?stable=v1&canary=v2') =>
  openMetrics({ metrics: `requests:${path}${query}`, versions: { canary: 'v2' } });

describe('a request log as a source', () => {
  it('counts requests, errors, durations, tokens and answers that are no good', async () => {
    await writeFile(
      path,
      line(T0 + 1) +
        line(T0 + 2, { response: '' }) +
        line(T0 + 3, { model_version: 'v2', finish_reason: 'length' }) +
        line(T0 + 4, { model_version: 'v2', status: 503, response: '' }) +
        line(T0 + MINUTE * 2),
    );
    const [minute] = await (await open()).window(date(0), date(1));
    expect(minute?.stable).toMatchObject({
      requests: 2,
      errors: 0,
      invalid: 1,
      tokens: { count: 8, seconds: 0.4 },
    });
    expect(minute?.stable.perToken?.cumulative.at(-1)).toBe(2);
    expect(minute?.canary).toMatchObject({ requests: 2, errors: 1, invalid: 1 });
  });

  it('takes every version but the one that is known for the other slot', async () => {
    await writeFile(
      path,
      line(T0, { model_version: 'v0' }) + line(T0 + 1, { model_version: 'v2' }) + line(T0 + 2 * MINUTE),
    );
    const [minute] = await (await open('')).window(date(0), date(1));
    expect([minute?.stable.requests, minute?.canary.requests]).toEqual([1, 1]);
  });

  it('says what it could not use, and what its lines lack', async () => {
    await writeFile(
      path,
      `${line(T0, { latency: undefined, response: undefined, finish_reason: undefined })}{"model_version":"v1"}\n{"model_version":"v1","ti\n${line(T0 + 1, { request_id: 'x', model_version: '' })}starting\n${line(T0 + 2 * MINUTE)}`,
    );
    const source = await open();
    const [minute] = await source.window(date(0), date(1));
    expect(minute?.stable).not.toHaveProperty('invalid');
    expect(source.notes()).toEqual([
      '1 of 6 lines of the request log are cut off, too long or no JSON: not counted',
      '1 of 6 lines of the request log have no model_version: not counted',
      expect.stringMatching(/^1 of 6 lines .* have no time/),
      '1 of 2 logged requests have no latency',
      '1 of 2 logged requests have no response, response_characters or finish_reason',
    ]);
  });

  it('reads on over a rotation, a line that is still being written, and one that is longer than any conversation', async () => {
    await writeFile(`${path}.2.gz`, gzipSync(line(T0)));
    const whole = line(T0 + MINUTE);
    await writeFile(path, whole.slice(0, 30));
    const source = await open();
    expect(await source.window(date(0), date(9))).toEqual([]);
    await appendFile(path, whole.slice(30) + line(T0 + 2 * MINUTE, { prompt: 'x'.repeat(17 * 1024 * 1024) }));
    await appendFile(path, line(T0 + 2 * MINUTE + 600));
    expect((await source.window(date(0), date(9))).map((m) => m.stable.requests)).toEqual([1, 1]);
    expect(source.notes()[0]).toMatch(/^1 of 4 lines .* too long/);
    await rename(path, `${path}.1`);
    await writeFile(path, line(T0 + 3 * MINUTE) + line(T0 + 9 * MINUTE));
    expect((await source.window(date(0), date(9))).map((m) => m.stable.requests)).toEqual([1, 1, 1, 1]);
  });

  it('knows its newest request, however long that line is', async () => {
    await writeFile(path, line(T0) + line(T0 + MINUTE, { prompt: 'x'.repeat(900_000) }));
    expect(await (await open()).now()).toEqual(date(1));
  });

  it('that is missing, or has a part nobody knows, is an error that says so', async () => {
    await expect((await open()).now()).rejects.toThrow(/request log .* cannot be read/);
    await expect(openMetrics({ metrics: `requests:${path}?canry=v2` })).rejects.toThrow(
      /Did you mean canary/,
    );
    await expect(openMetrics({ metrics: 'request:x' })).rejects.toThrow(UserError);
  });

  it('is scanned for the requests of a time', async () => {
    await writeFile(
      path,
      line(T0) + line(T0 + 1, { request_id: undefined }) + line(T0 + MINUTE) + line(T0 + 2 * MINUTE),
    );
    const seen: number[] = [];
    const { newest, notes } = await scanRequests(path, { from: date(0), to: date(1) }, ({ time }) =>
      seen.push(time - T0),
    );
    expect(seen).toEqual([0, 1]);
    expect(newest).toEqual(date(2));
    expect(notes).toEqual(['1 of 2 logged requests have no request_id']);
  });
});
