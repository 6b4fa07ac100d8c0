import { describe, expect, it } from 'vitest';
import { drawNormal } from '../random/draws.ts';
import { Generator } from '../random/generator.ts';
import {
  crossingProbabilities,
  equalLooks,
  lanDeMetsBounds,
  obrienFlemingSpending,
  plannedLook,
} from './planned-looks.ts';

describe('planned looks', () => {
  const fractions = equalLooks(10);
  const bounds = lanDeMetsBounds(fractions, 0.05);

  it('the bounds are those that were simulated', () => {
    const simulated = [Infinity, 4.18, 3.38, 2.9, 2.57, 2.34, 2.16, 2.01, 1.9, 1.8];
    expect(bounds[0]).toBe(Infinity);
    for (const [i, bound] of bounds.slice(1).entries()) {
      expect(Math.abs(bound - (simulated[i + 1] as number))).toBeLessThan(i === 0 ? 0.06 : 0.02);
    }
  });
  it('one look is the plain test', () => {
    expect(lanDeMetsBounds([1], 0.05)[0]).toBeCloseTo(1.644853627, 9);
  });
  it('two looks spend what the function says, by simulation too', () => {
    const two = lanDeMetsBounds([0.5, 1], 0.025);
    const crossed = crossingProbabilities([0.5, 1], two, 0);
    expect(crossed[0]).toBeCloseTo(obrienFlemingSpending(0.5, 0.025), 9);
    expect(crossed[1]).toBeCloseTo(0.025, 9);
    const random = Generator.fromSeed(2);
    let hits = 0;
    for (let i = 0; i < 40_000; i++) {
      const first = drawNormal(random);
      const second = (first + drawNormal(random)) / Math.SQRT2;
      if (first >= (two[0] as number) || second >= (two[1] as number)) hits++;
    }
    expect(hits / 40_000).toBeGreaterThan(0.022);
    expect(hits / 40_000).toBeLessThan(0.028);
  });
  it('power costs little: 80 % in one look is about 78 % in ten', () => {
    const drift = 1.644853627 + 0.8416212336;
    const power = crossingProbabilities(fractions, bounds, drift);
    expect(power.at(-1)).toBeGreaterThan(0.77);
    expect(power.at(-1)).toBeLessThan(0.8);
    expect([...power].sort((a, b) => a - b)).toEqual(power);
  });
  it('decides on either side of the bounds', () => {
    expect(plannedLook({ items: 500, gains: 30, losses: 20 }, 0.05, 1.8)).toBe('approve');
    expect(plannedLook({ items: 500, gains: 5, losses: 80 }, 0.05, 1.8)).toBe('reject');
    expect(plannedLook({ items: 500, gains: 30, losses: 45 }, 0.05, 1.8)).toBe('continue');
  });
  it('refuses fractions that do not rise to at most 1', () => {
    expect(() => lanDeMetsBounds([0.5, 0.4], 0.05)).toThrow(RangeError);
    expect(() => lanDeMetsBounds([0.5, 1.2], 0.05)).toThrow(RangeError);
    expect(() => lanDeMetsBounds([], 0.05)).toThrow(RangeError);
  });
});
