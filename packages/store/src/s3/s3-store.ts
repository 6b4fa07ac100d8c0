import { SystemError, UserError } from '@sluice/contract';
import { encodeState, parseState } from '../folder/state-file.ts';
import { download } from '../http/download.ts';
import { networkCode, type RetryPolicy } from '../http/request.ts';
import { checkedKey, checkedPrefix } from '../layout.ts';
import type { Env } from '../mlflow/connection.ts';
import type { SetResult, State, Store } from '../store.ts';
import { type Bucket, connectBucket } from './bucket.ts';
import { listObjects } from './list-objects.ts';
import { upload } from './upload.ts';

/** A store under `s3://bucket/prefix`. Its states are compared and set with `If-Match`. */
export function s3Store(
  url: string,
  env: Env,
  options: { readonly signal?: AbortSignal | undefined; readonly retries?: RetryPolicy } = {},
): Store {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url.replace(/\/+$/, ''));
  if (!match?.[1]) throw new UserError(`'${url}' is not s3://<bucket>[/<prefix>].`);
  const prefix = match[2] ? `${checkedKey(match[2])}/` : '';
  const bucket = connectBucket(match[1], env, options);
  const root = `s3://${bucket.name}/${prefix}`;
  const at = (key: string) => prefix + checkedKey(key);
  return {
    kind: 's3',
    url: root.slice(0, -1),
    note: undefined,
    get: async (key) => {
      const response = await found(await bucket.send(at(key)), root + key);
      return response && new Uint8Array(await whole(response.arrayBuffer(), root + key));
    },
    put: async (key, bytes) => {
      const response = await bucket.send(at(key), {
        method: 'PUT',
        body: () => bytes as Uint8Array<ArrayBuffer>,
      });
      await found(response, root + key);
    },
    has: async (key) => (await bucket.send(at(key), { method: 'HEAD' })).ok,
    list: async (from) =>
      (await listObjects(bucket, prefix + checkedPrefix(from))).map((key) => key.slice(prefix.length)),
    putFile: (key, path) => upload(bucket, at(key), path),
    getFile: (key, path) =>
      download(
        async (headers) => found(await bucket.send(at(key), { timeout: 0, headers }), root + key),
        path,
        root + key,
        options.signal,
      ),
    uri: (key) => root + key,
    keyOf: (uri) => (uri.startsWith(root) && uri.length > root.length ? uri.slice(root.length) : undefined),
    readState: (key) => readObjectState(bucket, at(key)),
    compareAndSet: async (key, value, expected) => {
      // every state begins here once
      if (!expected) {
        const { requireConditionalWrites } = await import('./conditional-writes.ts');
        await requireConditionalWrites(bucket, `${prefix}if-match-probe`);
      }
      return setObjectState(bucket, at(key), value, expected);
    },
  };
}

async function found(response: Response, what: string): Promise<Response | undefined> {
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  throw new SystemError(`S3 answered ${response.status} for ${what}.`);
}

/** What an answer holds, where it arrives to its end. */
async function whole<T>(body: Promise<T>, what: string): Promise<T> {
  try {
    return await body;
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new SystemError(`S3 broke off its answer for ${what} (${networkCode(error)}). Try again.`);
  }
}

async function readObjectState<T>(bucket: Bucket, key: string): Promise<State<T> | undefined> {
  const where = `s3://${bucket.name}/${key}`;
  const response = await found(await bucket.send(key), where);
  if (!response) return undefined;
  const token = response.headers.get('etag');
  if (!token)
    throw new SystemError(`S3 gave no ETag for ${where}, without which a state cannot be compared and set.`);
  return { value: parseState<T>(await whole(response.text(), where), where), token };
}

async function setObjectState<T>(
  bucket: Bucket,
  key: string,
  value: T,
  expected: State<T> | undefined,
): Promise<SetResult<T>> {
  const text = encodeState(value);
  const condition: Record<string, string> = expected
    ? { 'if-match': expected.token }
    : { 'if-none-match': '*' };
  const response = await bucket.send(key, { method: 'PUT', headers: condition, body: () => text });
  const token = response.headers.get('etag');
  await response.body?.cancel();
  if (response.ok && token) return { ok: true, state: { value, token } };
  const current = await readObjectState<T>(bucket, key);
  // a write whose answer was lost is repeated, and finds itself: it did happen
  if (current && encodeState(current.value) === text) return { ok: true, state: current };
  if (response.ok) throw new SystemError(`S3 gave no ETag for s3://${bucket.name}/${key}.`);
  return { ok: false, current };
}
