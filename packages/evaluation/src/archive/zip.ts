import { type FileHandle, open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { unpackFrames } from './zstd-frames.ts';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** CRC-32 of the unpacked bytes. */
  readonly crc: number;
  /** Where its local header starts. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;

/** A zip file that is read entry by entry; only the central directory says which entries there are. */
export class ZipFile implements AsyncDisposable {
  /** The last entry of each name: a later one replaces an earlier. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly path: string;
  private readonly file: FileHandle;

  private constructor(path: string, file: FileHandle, entries: ReadonlyMap<string, ZipEntry>) {
    this.path = path;
    this.file = file;
    this.entries = entries;
  }

  /** @throws UserError when the directory is not there or damaged: the file is cut off, or no zip */
  static async open(path: string): Promise<ZipFile> {
    const file = await open(path);
    try {
      return new ZipFile(path, file, await readDirectory(path, file));
    } catch (error) {
      await file.close();
      if (!(error instanceof RangeError)) throw error;
      throw new UserError(`${path}: its zip directory is damaged (${error.message})`);
    }
  }

  /**
   * The unpacked bytes of an entry, checked against the size and the checksum that the directory states.
   * @throws UserError when they are others
   */
  async read(entry: ZipEntry): Promise<Buffer> {
    let bytes: Buffer;
    try {
      bytes = unpack(entry, await this.packed(entry));
    } catch (error) {
      throw new UserError(
        `${this.path}: ${entry.name} cannot be unpacked (${(error as Error).message}); the file is damaged or cut off`,
      );
    }
    if (bytes.length !== entry.size) {
      throw new UserError(
        `${this.path}: ${entry.name} has ${bytes.length} bytes, and the directory says ${entry.size}; the file is damaged`,
      );
    }
    if (crc32(bytes) !== entry.crc)
      throw new UserError(
        `${this.path}: ${entry.name} has another checksum than the directory says; the file is damaged`,
      );
    return bytes;
  }

  private async packed({ offset, packed }: ZipEntry): Promise<Buffer> {
    const head = await readAt(this.file, offset, 30);
    if (head.readUInt32LE(0) !== LOCAL) throw new RangeError(`no entry starts at byte ${offset}`);
    return readAt(this.file, offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file.close();
  }
}

function unpack({ method, size }: ZipEntry, packed: Buffer): Buffer {
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed, { maxOutputLength: size + 1 });
  if (method === 93) return unpackFrames(packed, size + 1);
  throw new RangeError(`method ${method} is not known; known are 0, 8 (deflate) and 93 (zstd)`);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (position + length > size) throw new RangeError('the file ends too early');
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new RangeError('the file ends too early');
    done += bytesRead;
  }
  return bytes;
}

async function readDirectory(path: string, file: FileHandle): Promise<Map<string, ZipEntry>> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
  if (at < 0)
    throw new UserError(`${path} has no zip directory at its end: it is cut off, or was never finished`);
  let start = tail.readUInt32LE(at + 16);
  let length = tail.readUInt32LE(at + 12);
  let count = tail.readUInt16LE(at + 10);
  if (at >= 20 && tail.readUInt32LE(at - 20) === END_64_LOCATOR) {
    const end = await readAt(file, Number(tail.readBigUInt64LE(at - 12)), 56);
    count = Number(end.readBigUInt64LE(32));
    length = Number(end.readBigUInt64LE(40));
    start = Number(end.readBigUInt64LE(48));
  }
  const directory = await readAt(file, start, length);
  const entries = new Map<string, ZipEntry>();
  let seen = 0;
  for (let p = 0; p + 46 <= directory.length && directory.readUInt32LE(p) === CENTRAL; ) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) =>
      directory.readUInt16LE(p + o),
    ) as [number, number, number];
    const name = directory.toString('utf8', p + 46, p + 46 + nameLength);
    entries.set(
      name,
      entryAt(directory, p, name, directory.subarray(p + 46 + nameLength, p + 46 + nameLength + extraLength)),
    );
    p += 46 + nameLength + extraLength + commentLength;
    seen++;
  }
  // a 16-bit count wraps where there are more entries than it can hold
  if (seen !== count && (seen & FULL_16) !== count)
    throw new RangeError(`it holds ${seen} entries and says ${count}`);
  return entries;
}

function entryAt(directory: Buffer, p: number, name: string, extra: Buffer): ZipEntry {
  let [packed, size, offset] = [20, 24, 42].map((o) => directory.readUInt32LE(p + o)) as [
    number,
    number,
    number,
  ];
  for (let e = 0; e + 4 <= extra.length; e += 4 + extra.readUInt16LE(e + 2)) {
    if (extra.readUInt16LE(e) !== 1) continue; // the 64-bit sizes stand in this order, each only where the field is full
    let q = e + 4;
    const next = (): number => {
      q += 8;
      return Number(extra.readBigUInt64LE(q - 8));
    };
    if (size === FULL_32) size = next();
    if (packed === FULL_32) packed = next();
    if (offset === FULL_32) offset = next();
  }
  const [method, crc] = [directory.readUInt16LE(p + 10), directory.readUInt32LE(p + 16)];
  return { name, method, packed, size, crc, offset };
}
