import type { RoleMinute } from '@sluice/rollout';
import { Generator } from '@sluice/statistics';
import { describe, expect, it } from 'vitest';
import { cellOf } from './cell.ts';
import { CONTENDERS, type Contender } from './contender.ts';
import { plot } from './plot.ts';
import { argo } from './rivals/argo.ts';
import { flagger } from './rivals/flagger.ts';
import { kayenta, locationShift } from './rivals/kayenta.ts';
import type { Rival } from './rivals/rival.ts';
import { FAULTS, NULLS, type Scenario } from './scenario.ts';
import { waldRequests } from './wald.ts';
import { walks } from './walks.ts';

const minute = (errors: number, requests = 100): RoleMinute => ({
  start: 0,
  live: { requests: 1000, errors: 2 },
  candidate: { requests, errors },
});
const rollsBackAt = (rule: Rival, errors: readonly number[]) => errors.findIndex((k) => rule(minute(k))) + 1;

describe('the rules of others', () => {
  it('Argo: rolls back at the fourth failed measurement of five minutes', () => {
    expect(rollsBackAt(argo(0.95), Array(40).fill(6))).toBe(20);
    expect(rollsBackAt(argo(0.95), Array(40).fill(5))).toBe(0);
  });

  it('Flagger: counts failed checks and forgets none', () => {
    const errors = [2, 0, 2, 0, 2, 0, 2, 0, 2, 0];
    expect(rollsBackAt(flagger(5), errors)).toBe(9);
    expect(rollsBackAt(flagger(5), Array(40).fill(1))).toBe(0);
  });

  it('Kayenta: compares an hour of both series', () => {
    const random = Generator.fromSeed(1);
    expect(rollsBackAt(kayenta(random), Array(60).fill(3))).toBe(60);
    const { low, estimate, high } = locationShift([5, 6, 7, 8, 9], [1, 2, 3, 4, 5]);
    expect(low).toBeLessThan(4);
    expect(estimate).toBe(4);
    expect(high).toBeGreaterThan(4);
  });
});

describe('the bench', () => {
  const judge = (name: string) => CONTENDERS.find((c) => c.name === name) as Contender;
  const scenario = (name: string) => [...NULLS, ...FAULTS].find((s) => s.name === name) as Scenario;

  const runCell = (
    contender: Contender,
    drawn: Scenario,
    rate: number,
    runs: number,
    seed: number,
    look = 1,
  ) => cellOf(contender, drawn, rate, walks(contender, drawn, rate, { seed, look, from: 0, to: runs }));

  // whoever makes the judge or the simulation faster changes none of these; whoever makes the judge better changes them on purpose
  it.each<[string, string, number, string[]]>([
    [
      'sequential, errors alone',
      'errors 3 % from the start',
      10,
      ['rollback 46 278', 'rollback 57 353', 'rollback 32 190'],
    ],
    [
      'sequential, errors alone',
      'bursts, geometric 5',
      100,
      ['complete 1740 0', 'complete 1740 0', 'complete 1740 0'],
    ],
    [
      'sequential, no history',
      'errors 10 % from minute 200',
      10,
      ['rollback 229 4316', 'rollback 228 4167', 'rollback 228 4172'],
    ],
    [
      'sequential, independent',
      'errors 1 % from the start',
      10,
      ['rollback 88 1210', 'rollback 83 1073', 'rollback 39 232'],
    ],
  ])('%s in %s at %d requests/s decides as it did', (name, drawn, rate, ends) => {
    const outcomes = walks(judge(name), scenario(drawn), rate, {
      seed: 1,
      look: 1,
      from: 0,
      to: ends.length,
    });
    expect(outcomes.map((o) => `${o.decision} ${o.minute} ${o.exposed}`)).toEqual(ends);
  });

  it('does a cell in pieces', () => {
    const [argo99, bad] = [judge('Argo, >= 99 %'), scenario('errors 3 % from the start')];
    const part = (from: number, to: number) => walks(argo99, bad, 10, { seed: 7, look: 1, from, to });
    expect([...part(0, 2), ...part(2, 5)]).toEqual(part(0, 5));
  });

  it('knows Wald’s bound', () => {
    expect(waldRequests(0.03, 0.002, 0.005)).toBeCloseTo(99, 0);
  });

  it('gives the same cell for the same seed', () => {
    const cell = () => runCell(judge('Argo, >= 99 %'), scenario('errors 3 % from the start'), 10, 5, 7);
    expect(cell()).toEqual(cell());
    expect(cell()).toMatchObject({ found: 1, falseRollbacks: 0 });
  });

  it('carries a rollback out at the next look', () => {
    const at = (look: number) =>
      runCell(judge('Argo, >= 99 %'), scenario('errors 3 % from the start'), 10, 5, 7, look);
    expect(at(15).medianDelay).toBe(Math.ceil((at(1).medianDelay as number) / 15) * 15);
    expect(at(15).medianExposed).toBeGreaterThan(at(1).medianExposed as number);
  });

  it('draws each judge that has both figures', () => {
    const cells = ['Argo, >= 99 %', 'Flagger, threshold 5'].flatMap((name) =>
      ['independent', 'errors 3 % from the start'].map((s) => runCell(judge(name), scenario(s), 10, 3, 1)),
    );
    const svg = plot(cells, 'errors 3 % from the start', 10);
    expect(svg.match(/r="6"/g)).toHaveLength(4);
    expect(svg).toContain('Argo, &gt;= 99 %');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('lets our judge find a plain fault early and a good candidate pass', () => {
    const ours = judge('sequential, errors alone');
    const bad = runCell(ours, scenario('errors 10 % from the start'), 10, 6, 1);
    expect(bad.medianDelay).toBeLessThan(20);
    expect(bad.timesReference).toBeLessThan(2);
    expect(runCell(ours, scenario('independent'), 10, 3, 1)).toMatchObject({
      falseRollbacks: 0,
      completed: 1,
      medianCompletion: 1740,
    });
  });
});
