import { hash } from 'node:crypto';

/**
 * SHA-256 of the parts, each closed by a NUL so that ('ab', 'c') and ('a', 'bc') differ, cut at 128 bits (which no
 * data set will ever see collide): 32 hex digits.
 */
export function digestOf(...parts: readonly string[]): string {
  return hash('sha256', parts.length === 1 ? (parts[0] as string) : `${parts.join('\0')}\0`, 'hex').slice(
    0,
    32,
  );
}

/** JSON with the keys of every object sorted: two equal values have one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

/** The text an item's input or target is known by: a string as it is, anything else as canonical JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}
