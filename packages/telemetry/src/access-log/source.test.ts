import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Minute } from '../source.ts';
import { AccessLog } from './source.ts';

const T0 = 1_795_200_000_000;
const MINUTE = 60_000;
const line = (time: number, backend = 'stable', more: object = {}): string =>
  `${JSON.stringify({ time, frontend: 'users', backend, status: 200, state: '--', first: 5, total: 9, bucket: 120, cell: 1, ...more })}\n`;
/** A line each `every` milliseconds. */
const lines = (from: number, to: number, every = 1000): string => {
  let text = '';
  for (let time = from; time < to; time += every) text += line(time);
  return text;
};
const at = (minutes: readonly Minute[]): [minute: number, requests: number][] =>
  minutes.map((m) => [(m.start.getTime() - T0) / MINUTE, m.stable.requests]);
const date = (minutes: number): Date => new Date(T0 + minutes * MINUTE);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-log-'));
  path = join(folder, 'access.log');
});
afterEach(async () => await rm(folder, { recursive: true }));

describe('an access log', () => {
  it('gives the whole minutes of a window that are over', async () => {
    await writeFile(path, lines(T0, T0 + 3.5 * MINUTE));
    const log = new AccessLog({ path });
    expect(await log.now()).toEqual(new Date(T0 + 3.5 * MINUTE - 1000));
    expect(at(await log.window(date(0), date(9)))).toEqual([
      [0, 60],
      [1, 60],
      [2, 60],
    ]);
    expect(at(await log.window(date(0.5), date(2.5)))).toEqual([[1, 60]]);
  });

  it('leaves a minute without a request out, and counts zero for a slot that another one speaks for', async () => {
    await writeFile(path, lines(T0, T0 + MINUTE) + lines(T0 + 2 * MINUTE, T0 + 4 * MINUTE));
    const minutes = await new AccessLog({ path }).window(date(0), date(9));
    expect(at(minutes).map(([minute]) => minute)).toEqual([0, 2]);
    expect(minutes[0]?.canary).toMatchObject({ requests: 0, errors: 0 });
  });

  it('stands still at its last request', async () => {
    await writeFile(path, lines(T0, T0 + 90_000));
    const log = new AccessLog({ path });
    expect(at(await log.window(date(0), date(600)))).toEqual([[0, 60]]);
    expect(await log.now()).toEqual(new Date(T0 + 89_000));
  });

  it('counts once what rotation is copying, and goes on when the log was emptied', async () => {
    await writeFile(path, lines(T0, T0 + 3 * MINUTE));
    await copyFile(path, `${path}.1`);
    const log = new AccessLog({ path });
    const copied = [
      [0, 60],
      [1, 60],
    ];
    expect(at(await log.window(date(0), date(9)))).toEqual(copied);
    await truncate(path);
    expect(at(await log.window(date(0), date(9)))).toEqual(copied);
    const next = lines(T0 + 3 * MINUTE, T0 + 4.5 * MINUTE);
    await appendFile(path, next.slice(0, 5));
    expect(at(await new AccessLog({ path }).window(date(0), date(9)))).toEqual(copied);
    await appendFile(path, next.slice(5));
    expect(at(await log.window(date(0), date(9)))).toEqual([...copied, [2, 60], [3, 60]]);
  });

  it('does not stop at what is no file beside it, and says so', async () => {
    await writeFile(path, lines(T0, T0 + 2 * MINUTE));
    await mkdir(`${path}.1`);
    await symlink('/not-there', `${path}.2`);
    const log = new AccessLog({ path });
    expect(at(await log.window(date(0), date(9)))).toEqual([[0, 60]]);
    expect(log.notes()).toEqual([1, 2].map((n) => `${path}.${n} is no file and was not read`));
  });

  it('takes its clock from the last line where one before it is dated in the future', async () => {
    const ahead = [10 * MINUTE, 600_000 * MINUTE].map((by) => line(T0 + MINUTE + by)).join('');
    await writeFile(path, lines(T0, T0 + MINUTE) + ahead + lines(T0 + MINUTE, T0 + 3.5 * MINUTE));
    const log = new AccessLog({ path });
    const clock = await log.now();
    expect(clock).toEqual(new Date(T0 + 3.5 * MINUTE - 1000));
    // the minute that is under way is not over
    expect(at(await log.window(date(0), clock))).toEqual([
      [0, 60],
      [1, 60],
      [2, 60],
    ]);
  });

  it('says that it understands no line, as where the log is of another format', async () => {
    await writeFile(path, '10.0.0.1 - - [22/Nov/2026:01:00:00 +0800] "GET / HTTP/1.1" 200 5\n'.repeat(50));
    const log = new AccessLog({ path });
    expect(await log.window(date(0), date(9))).toEqual([]);
    expect(log.notes()).toEqual([`no line of ${path} tells yet when a request ended`]);
  });

  it('goes on where it stopped, also in the middle of a line', async () => {
    await writeFile(path, lines(T0, T0 + 1.5 * MINUTE));
    const log = new AccessLog({ path });
    await log.window(date(0), date(9));
    const more = lines(T0 + 1.5 * MINUTE, T0 + 3.1 * MINUTE);
    for (let i = 0; i < more.length; i += 777) {
      await appendFile(path, more.slice(i, i + 777));
      await log.window(date(0), date(9));
    }
    expect(at(await log.window(date(0), date(9)))).toEqual([
      [0, 60],
      [1, 60],
      [2, 60],
    ]);
    expect(log.notes()).toEqual([]);
  });

  it('reads what rotation put aside, packed or not, by number or by date', async () => {
    await writeFile(join(folder, 'access.log-20261120.gz'), gzipSync(lines(T0, T0 + 1.5 * MINUTE)));
    await writeFile(join(folder, 'access.log.2.gz'), gzipSync(lines(T0 + 1.5 * MINUTE, T0 + 2 * MINUTE)));
    await writeFile(join(folder, 'access.log.1'), lines(T0 + 2 * MINUTE, T0 + 3 * MINUTE));
    await writeFile(join(folder, 'access.log.1.gz'), gzipSync(lines(T0 + 2 * MINUTE, T0 + 3 * MINUTE)));
    await writeFile(join(folder, 'access.log.bak'), lines(T0, T0 + MINUTE));
    await writeFile(join(folder, 'access.log.9.xz'), 'x');
    await writeFile(path, lines(T0 + 3 * MINUTE, T0 + 4.1 * MINUTE));
    const log = new AccessLog({ path });
    expect(at(await log.window(date(0), date(9)))).toEqual([
      [0, 60],
      [1, 60],
      [2, 60],
      [3, 60],
    ]);
    expect(log.notes()).toEqual(['not read, because only gzip is: access.log.9.xz']);
  });

  it('notices that it was rotated between two looks', async () => {
    await writeFile(path, lines(T0, T0 + 1.5 * MINUTE));
    const log = new AccessLog({ path });
    expect(at(await log.window(date(0), date(9)))).toEqual([[0, 60]]);
    await appendFile(path, lines(T0 + 1.5 * MINUTE, T0 + 1.75 * MINUTE));
    await rename(path, `${path}.1`);
    await writeFile(path, lines(T0 + 1.75 * MINUTE, T0 + 2.1 * MINUTE));
    expect(at(await log.window(date(0), date(9)))).toEqual([
      [0, 60],
      [1, 60],
    ]);
  });

  it('finds the beginning of a window in a long file, wherever it lies', async () => {
    await writeFile(path, lines(T0, T0 + 60 * MINUTE, 300));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 58 }),
        fc.integer({ min: 1, max: 5 }),
        async (from, length) => {
          const minutes = await new AccessLog({ path }).window(date(from), date(from + length));
          const last = Math.min(from + length, 59);
          expect(at(minutes)).toEqual(Array.from({ length: last - from }, (_, i) => [from + i, 200]));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('counts errors, clients that left, durations and users by slot', async () => {
    const time = T0 + 1000;
    await writeFile(
      path,
      [
        line(time, 'canary', { status: 503, state: 'SC', first: -1, bucket: 350 }),
        line(time, 'canary', { status: -1, state: 'CH', first: -1, total: 30_000, bucket: 350 }),
        line(time, 'canary', { bucket: 9999 }),
        line(time, 'elsewhere'),
        line(time, 'canary', { frontend: 'internal' }),
        line(T0 + MINUTE + 1000),
      ].join(''),
    );
    const [minute] = await new AccessLog({ path, frontend: 'users' }).window(date(0), date(9));
    expect(minute?.canary).toMatchObject({
      requests: 3,
      errors: 1,
      aborted: 1,
    });
    const of = (counts: readonly number[] | undefined) =>
      counts?.flatMap((count, group) => (count > 0 ? [[group, count]] : []));
    expect(of(minute?.canary.users?.requests)).toEqual([
      [3, 2],
      [99, 1],
    ]);
    expect(of(minute?.canary.users?.errors)).toEqual([[3, 1]]);
    expect(minute?.canary.latency?.cumulative.at(-1)).toBe(3);
    expect(minute?.canary.first?.cumulative.at(-1)).toBe(1);
  });

  it('says which backends it names where none is a slot', async () => {
    await writeFile(path, `${line(T0, 'blue') + line(T0 + 2 * MINUTE, 'green')}{"time":179520`);
    const log = new AccessLog({ path });
    expect(await log.window(date(0), date(9))).toEqual([]);
    expect(log.notes()).toEqual(['no request went to backend stable or canary; the log names blue, green']);
    const named = new AccessLog({ path, stable: 'blue', canary: 'green' });
    expect(at(await named.window(date(0), date(9)))).toEqual([[0, 1]]);
  });
});
