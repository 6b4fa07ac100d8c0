import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { parseTolerantJson } from './tolerant-json.ts';

/** What is read whole must fit into memory beside what is made of it. */
export const WHOLE_LIMIT = 512 * 2 ** 20;

const unzip = promisify(gunzip);

/**
 * The text of a file, unpacked where it is gzip, without a byte order mark.
 * @throws UserError when the gzip file is damaged, or holds more than `WHOLE_LIMIT` bytes
 */
export async function wholeText(path: string): Promise<string> {
  const raw = await readFile(path);
  const gzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const bytes = gzip ? await unzip(raw, { maxOutputLength: WHOLE_LIMIT }).catch(refused(path)) : raw;
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

/**
 * The value of a JSON file as Python writes it, gzip or not.
 * @throws UserError when it is not JSON
 */
export async function wholeJson(path: string): Promise<unknown> {
  const text = await wholeText(path);
  try {
    return parseTolerantJson(text);
  } catch (error) {
    throw new UserError(`${path} is not valid JSON, or cut off: ${(error as Error).message}`);
  }
}

function refused(path: string) {
  return (error: unknown): never => {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new UserError(`${path}: more than ${WHOLE_LIMIT / 2 ** 20} MiB when it is unpacked`);
    throw new UserError(`${path}: the gzip file is damaged or cut off (${code})`);
  };
}
