import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type TrailPoint, trailed } from './trail.ts';

it('keeps the newest look and the way there, whatever comes, in a few kilobytes', () => {
  const reading = fc.record({
    guard: fc.constantFrom('errors', 'latency', 'ttft', 'tpot', 'invalid'),
    value: fc.double(),
    threshold: fc.double(),
    text: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(fc.array(reading, { maxLength: 5 }), { minLength: 1, maxLength: 400 }), (looks) => {
      let trail: readonly TrailPoint[] = [];
      looks.forEach((readings, i) => {
        trail = trailed(trail, i, 1, readings);
        expect(trail.at(-1)?.at).toBe(i);
        expect(trail.length).toBeLessThanOrEqual(80);
      });
      const times = trail.map(({ at }) => at);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      for (const { guards } of trail)
        for (const value of Object.values(guards)) expect(Math.abs(value)).toBeLessThanOrEqual(10);
      expect(JSON.stringify(trail).length).toBeLessThan(12_000);
    }),
    { numRuns: 30 },
  );
});
