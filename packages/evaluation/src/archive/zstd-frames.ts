import { zstdDecompressSync } from 'node:zlib';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/**
 * Unpacks all frames of a zstd stream. Node's decoder stops after the first frame and says nothing, so the frames are found
 * by their block headers and unpacked one by one (RFC 8878, section 3.1).
 * @param most the most bytes that a frame may unpack to
 * @throws RangeError when the stream is damaged or cut off
 */
export function unpackFrames(bytes: Buffer, most?: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = frameEnd(bytes, at);
    if (bytes.readUInt32LE(at) === MAGIC)
      parts.push(
        zstdDecompressSync(bytes.subarray(at, end), most === undefined ? {} : { maxOutputLength: most }),
      );
    at = end;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** Where the frame that starts at `at` ends. */
function frameEnd(bytes: Buffer, at: number): number {
  const magic = bytes.readUInt32LE(at);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) return at + 8 + bytes.readUInt32LE(at + 4);
  if (magic !== MAGIC) throw new RangeError(`no zstd frame at byte ${at}`);
  const descriptor = bytes.readUInt8(at + 4);
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const contentSize = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  let next = at + 5 + (single ? 0 : 1) + dictionary + contentSize;
  for (let last = false; !last; ) {
    const header = bytes.readUIntLE(next, 3);
    last = (header & 1) !== 0;
    const repeated = ((header >> 1) & 3) === 1;
    next += 3 + (repeated ? 1 : header >> 3);
  }
  const end = next + ((descriptor & 4) !== 0 ? 4 : 0);
  if (end > bytes.length) throw new RangeError(`the zstd frame at byte ${at} is cut off`);
  return end;
}
