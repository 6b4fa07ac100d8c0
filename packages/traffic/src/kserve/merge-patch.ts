import { isDeepStrictEqual } from 'node:util';

/**
 * What makes `to` of `from`, as a JSON merge patch. Neither may hold a null, as objects of the Kubernetes API do not.
 * @see https://www.rfc-editor.org/rfc/rfc7396
 */
export function mergePatch(from: object, to: object): object {
  const [before, after] = [new Map(Object.entries(from)), new Map(Object.entries(to))];
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key) => [key, null] as const);
  const changed = [...after].flatMap(([key, value]) => {
    const old = before.get(key);
    if (isDeepStrictEqual(old, value)) return [];
    return [[key, isMap(old) && isMap(value) ? mergePatch(old, value) : value] as const];
  });
  return Object.fromEntries([...gone, ...changed]);
}

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
