import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlan, parsePlan, planLength } from './plan.ts';

describe('parsePlan', () => {
  it('reads the plan of the documents', () => {
    const plan = parsePlan('1@1h,5@2h,25@2h,100@24h');
    expect(plan).toEqual([
      { percent: 1, soakMs: 3_600_000 },
      { percent: 5, soakMs: 7_200_000 },
      { percent: 25, soakMs: 7_200_000 },
      { percent: 100, soakMs: 86_400_000 },
    ]);
    expect(planLength(plan)).toBe(29 * 3_600_000);
  });

  it.each([
    ['5@1h,1@1h', /from 5 % to 1 %.*weights must grow.*put '1@1h' before '5@1h'/],
    ['5@1h,5@2h', /from 5 % to 5 %/],
    ['1@30', /30 what\?.*write 30s, 30m or 30h/],
    ['1', /no '@'/],
    ['1@1h@2h', /more than one '@'/],
    ['1@1h,,5@1h', /empty stage/],
    ['', /empty stage/],
    ['0@1h', /sends nobody/],
    ['1@0s', /no time/],
    ['1.005@1h', /'1.005' in stage '1.005@1h' is not a percentage/],
    ['5%@1h', /leave out the % sign/],
    ['101@1h', /'101'/],
  ])('refuses %s', (text, message) => {
    expect(() => parsePlan(text)).toThrow(UserError);
    expect(() => parsePlan(text)).toThrow(message);
  });

  it('reads back every plan that it writes', () => {
    const weights = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 8 });
    const soak = fc.integer({ min: 1, max: 1e10 });
    fc.assert(
      fc.property(weights, fc.infiniteStream(soak), (basisPoints, soaks) => {
        const plan = [...basisPoints]
          .sort((a, b) => a - b)
          .map((bp) => ({ percent: bp / 100, soakMs: soaks.next().value as number }));
        expect(parsePlan(formatPlan(plan))).toEqual(plan);
      }),
    );
  });

  it('says any other text is wrong, never fails otherwise', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0159.@,hms d%-') }), (text) => {
        try {
          const plan = parsePlan(text);
          expect(parsePlan(formatPlan(plan))).toEqual(plan);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
