import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { inIntervals, type Minute, parseTrafficCsv } from '@sluice/rollout';
import { history, judged, withLogin } from '@sluice/steering';
import { openMetrics } from '@sluice/telemetry';
import type { Scene } from '../scene.ts';

/** Milliseconds since 1970 that come before any recording. */
const EVER = new Date(0);

export interface Recorded {
  readonly minutes: readonly Minute[];
  /** What could not be read of it. */
  readonly notes: readonly string[];
}

/** Recorded traffic in a file: CSV with the header `minute,version,requests,errors`, or a gateway's JSON access log. */
export async function recordedTraffic(path: string, step: number): Promise<Recorded> {
  if (await isCsv(path)) {
    const rows = parseTrafficCsv(await readFile(path, 'utf8'), path);
    if (rows.length === 0) throw new UserError(`${path} holds no rows under its header`);
    return { minutes: inIntervals(rows, step, path), notes: [] };
  }
  const source = await openMetrics({ metrics: path, step });
  const end = await source.now();
  const minutes = await source.window(EVER, new Date(end.getTime() + step));
  if (minutes.length === 0) {
    throw new UserError(
      `${path} holds no traffic: neither CSV with the header minute,version,requests,errors nor lines of an access log`,
    );
  }
  return { minutes: minutes.map(judged), notes: source.notes() };
}

/** A week of minutes, which a Prometheus still gives in one answer. */
const DAYS = 7;

/** What the live version did: a file as above, or the last week of the Prometheus at that address. */
export async function recordedPast(
  from: string,
  step: number,
  { cwd, env }: Scene,
): Promise<readonly Minute[]> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(from))
    return (await recordedTraffic(resolve(cwd, from), step)).minutes;
  const source = await openMetrics({ ...withLogin(from, env, cwd), step });
  const minutes = await history(source, DAYS, AbortSignal.timeout(PATIENCE));
  if (minutes.length === 0) throw new UserError(`${source.name} holds no traffic in the last ${DAYS} days`);
  return minutes;
}

/** Milliseconds for all questions to a Prometheus. */
const PATIENCE = 120_000;

async function isCsv(path: string): Promise<boolean> {
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw new UserError(`${path} is a folder; give one file (a log is read together with its rotated files)`);
  const file = await open(path).catch((error: unknown) => {
    throw new UserError(`${path} cannot be read (${messageOf(error)}); give CSV or an access log`);
  });
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64), position: 0 });
    return /^\uFEFF?\s*"?minute"?\s*,/.test(buffer.subarray(0, bytesRead).toString('utf8'));
  } finally {
    await file.close();
  }
}

/** The files that a path means: itself, or those right in a folder in the order of their names, but for hidden ones. */
export async function filesAt(given: string, cwd: string): Promise<{ name: string; path: string }[]> {
  if (given.trim() === '') throw new UserError('--replay is empty; give a file or a folder of files');
  const path = resolve(cwd, given);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`--replay: ${given} is not there; give a file or a folder of files`);
  if (!found.isDirectory()) return [{ name: given, path }];
  const names = (await readdir(path)).filter((name) => !name.startsWith('.'));
  const entries = names.map((name) => ({ name: join(given, name), path: join(path, name) }));
  // a link counts as what it leads to; one that leads nowhere is a file that cannot be read
  const folders = await Promise.all(
    entries.map((entry) =>
      stat(entry.path).then(
        (it) => it.isDirectory(),
        () => false,
      ),
    ),
  );
  const files = entries.filter((_, i) => !folders[i]);
  if (files.length === 0) throw new UserError(`--replay: ${given} holds no files`);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
