const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const round = (lane: number, word: number): number =>
  Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);

/**
 * XXH32 of a text's UTF-8 bytes, as HAProxy's converter `xxh32` computes it: 0 to 2^32 - 1.
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
export function xxh32(text: string, seed = 0): number {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  let hash: number;
  if (bytes.length >= 16) {
    let [a, b, c, d] = [seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1];
    for (; at + 16 <= bytes.length; at += 16) {
      a = round(a | 0, bytes.readInt32LE(at));
      b = round(b | 0, bytes.readInt32LE(at + 4));
      c = round(c | 0, bytes.readInt32LE(at + 8));
      d = round(d | 0, bytes.readInt32LE(at + 12));
    }
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
  } else {
    hash = seed + PRIME_5;
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(rotate((hash + Math.imul(bytes.readInt32LE(at), PRIME_3)) | 0, 17), PRIME_4);
  for (; at < bytes.length; at++)
    hash = Math.imul(rotate((hash + Math.imul(bytes[at] as number, PRIME_5)) | 0, 11), PRIME_1);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Users are told apart by this many cells, the only thing about them that is logged. */
export const CELLS = 1_048_576;
/** The weight's unit is a hundredth of a percent. */
export const BUCKETS = 10_000;

/** The cell of a user, 0 to {@link CELLS} - 1: the same in every rollout. */
export function cellOf(user: string): number {
  return xxh32(user) % CELLS;
}

/** The bucket of a cell under a salt, 0 to {@link BUCKETS} - 1. A weight of w basis points takes the buckets below w. */
export function bucketOf(cell: number, salt: string): number {
  return xxh32(`${cell}-${salt}`) % BUCKETS;
}
