import { promisify } from 'node:util';
import { gunzip as gunzipCallback, gzip as gzipCallback } from 'node:zlib';
import { type Digest, UserError } from '@sluice/contract';
import { canonicalJson, digestOf } from '@sluice/record';
import { keys } from '../layout.ts';
import type { Store } from '../store.ts';

const gzip = promisify(gzipCallback);
const gunzip = promisify(gunzipCallback);

/** The digest of results per item: SHA-256 of their canonical JSON lines, before they are compressed. */
export function resultsDigest(items: Iterable<unknown>): Digest {
  return digestOf(linesOf(items));
}

/** Keeps results per item under their run; the same results twice are one file. */
export async function putResults(store: Store, runId: string, items: Iterable<unknown>): Promise<Digest> {
  const text = linesOf(items);
  const digest = digestOf(text);
  const key = keys.results(runId, digest);
  if (!(await store.has(key))) await store.put(key, await gzip(text));
  return digest;
}

/**
 * Results per item, or undefined where there are none.
 *
 * @throws {UserError} when they are not what the digest says
 */
export async function getResults<T = unknown>(
  store: Store,
  runId: string,
  digest: Digest,
): Promise<T[] | undefined> {
  const key = keys.results(runId, digest);
  const bytes = await store.get(key);
  if (!bytes) return undefined;
  const text = await gunzip(bytes).catch(() => {
    throw new UserError(`${store.uri(key)} is not a gzip file: it was truncated or changed.`);
  });
  const found = digestOf(text);
  if (found !== digest)
    throw new UserError(`${store.uri(key)} holds ${found}, not ${digest}: it was changed.`);
  return text
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Digests of all results of a run. */
export async function listResults(store: Store, runId: string): Promise<Digest[]> {
  const found = await store.list(`${runId}/evaluation/`);
  return found.flatMap((key) => {
    const hex = /\/evaluation\/([0-9a-f]{64})\.jsonl\.gz$/.exec(key)?.[1];
    return hex ? [`sha256:${hex}` as Digest] : [];
  });
}

function linesOf(items: Iterable<unknown>): string {
  return Array.from(items, (item) => `${canonicalJson(item)}\n`).join('');
}
