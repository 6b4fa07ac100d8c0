import { type Digest, UserError } from '@sluice/contract';
import { digestOf } from './file-digest.ts';

/**
 * The one text of a JSON value: RFC 8785 (JSON Canonicalization Scheme). Properties are sorted by UTF-16 code
 * units; numbers and strings are written as ECMAScript writes them; a property whose value is undefined is left out.
 *
 * @throws {UserError} for NaN, Infinity, a lone surrogate, or anything that JSON has no form for
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$');
}

/** SHA-256 of the canonical JSON. */
export function jsonDigest(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}

function write(value: unknown, at: string): string {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new UserError(`${at} is ${value}; only finite numbers can be recorded.`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed())
      throw new UserError(`${at} holds half of a surrogate pair, which is not Unicode text.`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item, i) => write(item, `${at}[${i}]`)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${write(name, `the name ${name}`)}:${write(member, `${at}.${name}`)}`);
    return `{${members.join(',')}}`;
  }
  throw new UserError(`${at} is of the type ${typeof value}, which JSON has no form for.`);
}
