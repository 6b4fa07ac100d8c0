import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@sluice/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Server, startS3 } from './s3-server.ts';

const KEY = 'rollouts/counter.json';

function counter(storeUrl: string, times: number, padding = 0, env: NodeJS.ProcessEnv = {}) {
  const program = join(import.meta.dirname, 'counter.ts');
  const child = spawn(process.execPath, [program, storeUrl, String(times), String(padding)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const written: number[] = [];
  child.stdout.on('data', (text: Buffer) => written.push(...text.toString().trim().split('\n').map(Number)));
  return { child, written };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}

/** Many processes count at once; each count must be given out once. */
async function countTogether(storeUrl: string, processes: number, times: number, env?: NodeJS.ProcessEnv) {
  const counters = Array.from({ length: processes }, () => counter(storeUrl, times, 0, env));
  const codes = await Promise.all(counters.map(({ child }) => ended(child)));
  expect(codes).toEqual(codes.map(() => 0));
  const written = counters.flatMap((c) => c.written).sort((a, b) => a - b);
  expect(written).toEqual(Array.from({ length: processes * times }, (_, i) => i + 1));
}

describe('a state in a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cas-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('loses no write of processes that write at once', async () => {
    await countTogether(join(folder, 'together'), 6, 25);
  });

  it('is whole, and free to write, whenever its writer is killed', async () => {
    const store = join(folder, 'killed');
    let acknowledged = 0;
    for (let round = 0; round < 12; round++) {
      const { child, written } = counter(store, 1_000_000, 2_000_000);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      child.kill('SIGKILL');
      await ended(child);
      const last = Math.max(...written);
      const text = await readFile(join(store, KEY), 'utf8');
      const { count, padding } = JSON.parse(text) as { count: number; padding: string };
      expect(padding).toHaveLength(2_000_000);
      expect(last).toBeGreaterThan(acknowledged);
      // the last write may have happened without its writer living to say so
      expect([last, last + 1]).toContain(count);
      acknowledged = count;
    }
    // no lock is left behind: the next one writes
    const opened = await openStore({ storeUrl: store, workspace: '/', env: {} });
    const before = await opened.readState(KEY);
    expect((await opened.compareAndSet(KEY, { done: true }, before)).ok).toBe(true);
    expect(await opened.list('rollouts/')).toEqual([KEY]);
    expect(await readdir(join(store, 'rollouts'))).toEqual(['counter.json', 'counter.json.lock']);
  });
});

describe('a state in S3', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3();
    await s3.makeBucket('states');
  });
  afterAll(() => s3?.stop());

  it('loses no write of processes that write at once', async () => {
    await countTogether('s3://states/together', 4, 8, s3.env);
  });
});
