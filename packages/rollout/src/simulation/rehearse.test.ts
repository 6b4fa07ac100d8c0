import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { rehearse, usualFaults } from './rehearse.ts';

const plan = parsePlan('1@1h,5@2h,25@2h,100@4h');
const baseline = { errorShare: 0.002 };
const input = {
  plan,
  policy: parsePolicy('{kind: sequential, guards: [errors]}'),
  requestsPerSecond: 10,
  baseline,
  faults: usualFaults(baseline),
  seed: 1,
  runs: 20,
};

describe('rehearse', () => {
  it('says how long the plan takes, how often a good candidate goes back, and when faults are found', () => {
    const { falseRollbacks, completes, faults } = rehearse(input);
    expect(falseRollbacks.count).toBe(0);
    expect(completes).toMatchObject({ share: 1, minutes: { median: 540 } });
    const delays = faults.map((f) => f.delay?.median as number);
    expect(faults.map((f) => f.found)).toEqual([1, 1, 1]);
    expect(delays).toEqual([...delays].sort((a, b) => b - a));
    expect(faults[1]?.delay?.median).toBeLessThan(60);
    expect(faults[2]?.exposed?.median).toBeLessThan(300);
  });

  it('gives the same answer for the same seed', () => {
    const short = { ...input, runs: 3, faults: [] };
    expect(rehearse(short)).toEqual(rehearse(short));
  });

  it('says before anything moves that a stage cannot decide, with a plan that could', () => {
    const { stages, proposal } = rehearse({ ...input, requestsPerSecond: 1, faults: [], runs: 1 });
    expect(stages[0]).toMatchObject({ requests: 36, decides: false });
    expect(stages[0]?.reason).toMatch(/36 requests .* 234 are needed to tell errors of 3 % from chance/);
    expect(stages[2]?.decides).toBe(true);
    expect(proposal?.[0]?.soakMs).toBe(390 * 60_000);
    const classic = rehearse({
      ...input,
      policy: parsePolicy('classic'),
      requestsPerSecond: 1,
      faults: [],
      runs: 1,
    });
    expect(classic.stages[0]?.reason).toMatch(/0.6 in 1m, and intervals with fewer than 20 are skipped/);
    // three stages of the same share are one
    expect(classic.proposal).toEqual([
      { percent: 34, soakMs: 2 * 3_600_000 },
      { percent: 100, soakMs: 4 * 3_600_000 },
    ]);
  });
});
