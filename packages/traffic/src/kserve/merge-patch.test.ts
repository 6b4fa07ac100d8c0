import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergePatch } from './merge-patch.ts';

/** RFC 7396, section 2. */
function applied(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const known = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const result = new Map<string, unknown>(Object.entries(known));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, applied(result.get(key), value));
  }
  return Object.fromEntries(result);
}

const { map } = fc.letrec<{ value: unknown; map: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string()),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { noNullPrototype: true }),
}));

it('a merge patch makes the one of the other, and is empty where they are the same', () => {
  fc.assert(
    fc.property(map, map, (from, to) => {
      expect(applied(from, mergePatch(from, to))).toEqual(to);
      expect(mergePatch(to, structuredClone(to))).toEqual({});
    }),
    { numRuns: 1000 },
  );
  expect(
    mergePatch(
      { model: { storageUri: 'a', args: ['x'] }, old: 1 },
      { model: { storageUri: 'b', args: ['x'] } },
    ),
  ).toEqual({ old: null, model: { storageUri: 'b' } });
});
