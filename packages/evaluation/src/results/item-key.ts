import { hash } from 'node:crypto';

/** 128 bits as four 32-bit words. */
export type Key = Uint32Array;

/** Up to so many bytes an id is its own key. */
const SHORT = 15;
const LONG_TAG = 0x80;
const HEX = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX['0123456789abcdef'.charCodeAt(i)] = i;
  HEX['0123456789ABCDEF'.charCodeAt(i)] = i;
}
const encoder = new TextEncoder();
const scratch = new Uint8Array(64);

/** The first 128 bits of the SHA-256 of some bytes, into `key`. */
export function digestInto(key: Key, bytes: Uint8Array): void {
  // a string is what this call gives fastest
  const digest = hash('sha256', bytes, 'binary');
  for (let i = 0, at = 0; i < 4; i++, at += 4)
    key[i] =
      (digest.charCodeAt(at) << 24) |
      (digest.charCodeAt(at + 1) << 16) |
      (digest.charCodeAt(at + 2) << 8) |
      digest.charCodeAt(at + 3);
}

/** 32 hex digits as a key. */
export function keyOfHex(hex: string, key: Key = new Uint32Array(4)): Key {
  for (let i = 0; i < 4; i++) {
    let word = 0;
    for (let at = 8 * i; at < 8 * i + 8; at++) word = (word << 4) | (HEX[hex.charCodeAt(at)] as number);
    key[i] = word;
  }
  return key;
}

/** The key of a sample id; the same as that of its UTF-8 bytes. */
export function keyOfId(id: string, key: Key = new Uint32Array(4)): Key {
  if (id.length <= SHORT) {
    const { written } = encoder.encodeInto(id, scratch);
    keyOfIdBytes(scratch, 0, written, key);
  } else {
    const bytes = encoder.encode(id);
    keyOfIdBytes(bytes, 0, bytes.length, key);
  }
  return key;
}

/**
 * The key of the sample id in `bytes` from `from` up to `to`. An id of up to 15 bytes is its own key, scrambled one to one so
 * that keys spread evenly; a longer one is known by its SHA-256. The last byte keeps the two kinds apart.
 */
export function keyOfIdBytes(bytes: Uint8Array, from: number, to: number, key: Key): void {
  const length = to - from;
  if (length > SHORT) {
    digestInto(key, bytes.subarray(from, to));
    key[3] = ((key[3] as number) & ~0xff) | LONG_TAG;
  } else {
    key.fill(0);
    for (let i = 0; i < length; i++) {
      const word = i >> 2;
      key[word] = (key[word] as number) | ((bytes[from + i] as number) << (24 - 8 * (i & 3)));
    }
    key[3] = (key[3] as number) | length;
  }
  scramble(key);
}

/** Each step changes one word by a function of another and can be undone: different keys stay different. */
function scramble(key: Key): void {
  let [a, b, c, d] = key as unknown as [number, number, number, number];
  for (let round = 1; round <= 2; round++) {
    c ^= mixed(d + round);
    b ^= mixed(c + round);
    a ^= mixed(b + round);
    d ^= mixed(a + round);
  }
  key[0] = a;
  key[1] = b;
  key[2] = c;
  key[3] = d;
}

/** The 32-bit finalizer of MurmurHash3. */
function mixed(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
