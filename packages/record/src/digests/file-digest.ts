import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Digest } from '@sluice/contract';

/** SHA-256 of bytes or of a text's UTF-8. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

/** The 64 hex digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** SHA-256 of a file, streamed: a file may be larger than memory. */
export async function fileDigest(path: string, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return `sha256:${hash.digest('hex')}` as Digest;
}
