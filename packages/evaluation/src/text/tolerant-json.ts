/**
 * JSON as Python's json module writes it: bare NaN, Infinity and -Infinity are accepted and come out as the strings
 * "NaN", "Infinity", "-Infinity" (`toScore` reads them back as numbers). A byte order mark is passed over. Everything else is JSON.parse.
 * @throws SyntaxError as JSON.parse does
 */
export function parseTolerantJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.startsWith('\ufeff')) return parseTolerantJson(text.slice(1));
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(quoteNonFinite(text));
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** Puts the bare non-finite numbers in quotes and leaves strings as they are. */
function quoteNonFinite(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

const WORDS = new Map([
  ['true', 1],
  ['false', 0],
  ['nan', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
]);

/** A number from what a file holds for a score: numbers, booleans, numeric strings, "True". null when it is no number. */
export function toScore(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const word = WORDS.get(text.toLowerCase());
  if (word !== undefined) return word;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, or undefined. A key that itself holds the dots is found first. */
export function valueAt(value: unknown, path: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  const dot = path.indexOf('.');
  return dot < 0 ? undefined : valueAt(value[path.slice(0, dot)], path.slice(dot + 1));
}
