import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SystemError } from '@sluice/contract';
import { networkCode } from './request.ts';

/** How often in a row a transfer may break without a single byte more. */
const STALLS = 3;

/** Asks for bytes, with more headers than usual; undefined where there are none. */
export type Ask = (headers: Readonly<Record<string, string>>) => Promise<Response | undefined>;

/**
 * Streams bytes to a file, which appears whole or not at all. A transfer that breaks goes on where it was: the rest
 * is asked for (`Range`, held to the same bytes by `If-Match`); a server that answers with all of it is taken anew.
 *
 * @returns false where there is nothing
 * @throws {SystemError} when it breaks again and again
 */
export async function download(ask: Ask, path: string, what: string, signal?: AbortSignal): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  const file = await open(partial, 'w');
  try {
    let at = 0;
    let etag: string | null = null;
    for (let stalls = 0; ; ) {
      const rest: Record<string, string> = at > 0 && etag ? { range: `bytes=${at}-`, 'if-match': etag } : {};
      const response = await ask(rest);
      if (!response) return false;
      const before = at;
      if (response.status !== 206) {
        at = 0;
        await file.truncate(0);
      }
      etag = response.headers.get('etag');
      const poured = await pour(response, file, at);
      at = poured.at;
      if (!poured.broken) break;
      signal?.throwIfAborted();
      stalls = at > before ? 0 : stalls + 1;
      if (stalls >= STALLS)
        throw new SystemError(
          `${what} could not be fetched: the transfer breaks (${networkCode(poured.broken)}).`,
        );
    }
    await file.sync();
    await rename(partial, path);
    return true;
  } finally {
    await file.close();
    await rm(partial, { force: true });
  }
}

/** Writes a body to a file from a position on; an error of the disk is thrown, one of the network is told. */
async function pour(
  response: Response,
  file: FileHandle,
  from: number,
): Promise<{ at: number; broken?: Error }> {
  let at = from;
  const reader = response.body?.getReader();
  while (reader) {
    let next: Awaited<ReturnType<typeof reader.read>>;
    try {
      next = await reader.read();
    } catch (error) {
      return { at, broken: error as Error };
    }
    if (next.done) break;
    const bytes = next.value as Uint8Array;
    for (let done = 0; done < bytes.byteLength; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, at);
      done += bytesWritten;
      at += bytesWritten;
    }
  }
  return { at };
}
