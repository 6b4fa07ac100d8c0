import { type Digest, UserError } from '@sluice/contract';
import { digestOf, hexOf } from '../digests/file-digest.ts';

/**
 * A record is a set of statements. Its list is the statements' digests as hex, sorted, each on a line of its own,
 * and its digest is the SHA-256 of that list: the order in which statements were added, or found, does not matter.
 * `cd record; ls *.intoto.jsonl | cut -c1-64 | LC_ALL=C sort | sha256sum` prints it.
 */
export function recordList(digests: Iterable<Digest>): string {
  return [...new Set(digests)]
    .map(hexOf)
    .sort()
    .map((hex) => `${hex}\n`)
    .join('');
}

export function recordDigest(digests: Iterable<Digest>): Digest {
  return digestOf(recordList(digests));
}

/**
 * Reads the list of a record back.
 *
 * @throws {UserError} when it is not the list that `expected` is the digest of
 */
export function parseRecordList(bytes: Uint8Array, expected: Digest, where: string): Digest[] {
  const found = digestOf(bytes);
  if (found !== expected) throw mismatch(where, found, expected);
  const lines = Buffer.from(bytes).toString('utf8').split('\n').slice(0, -1);
  if (!lines.every((line) => /^[0-9a-f]{64}$/.test(line)))
    throw new UserError(`${where} is not a list of statements' digests.`);
  return lines.map((hex) => `sha256:${hex}` as Digest);
}

export function mismatch(where: string, found: Digest, expected: Digest): UserError {
  return new UserError(
    `The digest of ${where} does not match: found ${found}, expected ${expected}. It was changed after the reference was made, or the reference belongs to another one.`,
  );
}
