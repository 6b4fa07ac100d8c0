import { randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unpackFrames } from './zstd-frames.ts';

test("all frames are unpacked, where Node's own decoder returns the first and says nothing", () => {
  const frames = ['first ', 'second ', 'third'].map((text) => zstdCompressSync(Buffer.from(text)));
  expect(zstdDecompressSync(Buffer.concat(frames)).toString()).toBe('first ');
  expect(unpackFrames(Buffer.concat(frames)).toString()).toBe('first second third');
});

test('any parts in any number of frames come back, skippable frames are skipped', () => {
  const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.from('skip')]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 3000 }), fc.boolean()), { minLength: 1, maxLength: 6 }),
      (parts) => {
        const packed = parts.flatMap(([bytes, skip]) => [
          zstdCompressSync(bytes),
          ...(skip ? [skippable] : []),
        ]);
        expect(unpackFrames(Buffer.concat(packed))).toEqual(Buffer.concat(parts.map(([bytes]) => bytes)));
      },
    ),
  );
});

test('several blocks, runs of one byte, and a damaged end', () => {
  const large = Buffer.concat([randomBytes(400_000), Buffer.alloc(400_000, 7)]);
  const packed = zstdCompressSync(large);
  expect(unpackFrames(Buffer.concat([packed, packed])).equals(Buffer.concat([large, large]))).toBe(true);
  expect(() => unpackFrames(packed.subarray(0, packed.length - 5))).toThrow(RangeError);
  expect(() => unpackFrames(Buffer.concat([packed, Buffer.from('rest')]))).toThrow(/no zstd frame/);
});
