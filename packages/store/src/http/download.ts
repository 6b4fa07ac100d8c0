import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, SystemError } from '@sluice/contract';

/** Streams an answer's body to a file, which appears whole or not at all. */
export async function download(response: Response, path: string, what: string): Promise<void> {
  if (!response.body) throw new SystemError(`${what} came without bytes.`);
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  try {
    await pipeline(Readable.fromWeb(response.body), createWriteStream(partial, { flush: true }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new SystemError(`${what} could not be fetched: ${messageOf(error)}`);
  }
}
