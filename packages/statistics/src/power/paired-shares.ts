import { requirePositive } from '../arguments.ts';
import { bisect } from '../distributions/inversion.ts';
import { normalCdf } from '../distributions/normal.ts';
import type { TestPlan } from './plan.ts';
import { planQuantiles } from './plan.ts';

/**
 * Items (not rounded) to show a difference δ of paired shares with discordant share ψ: (z√ψ + z_β√(ψ - δ²))² / δ².
 *
 * Source: Connor, Biometrics 43 (1987) 207-211.
 */
export function itemsForDifference(discordance: number, difference: number, plan: TestPlan): number {
  const size = Math.abs(difference);
  requirePositive('difference', size);
  if (size > discordance) throw new RangeError(`a difference of ${difference} needs as much discordance`);
  const { z, zPower } = planQuantiles(plan);
  return ((z * Math.sqrt(discordance) + zPower * Math.sqrt(discordance - size * size)) / size) ** 2;
}

/** The smallest difference of paired shares that `items` show: Connor's formula solved for δ; `NaN` where none is. */
export function detectableDifference(items: number, discordance: number, plan: TestPlan): number {
  requirePositive('items', items);
  requirePositive('discordance', discordance);
  const largest = Math.min(discordance, Math.sqrt(discordance));
  if (itemsForDifference(discordance, largest, plan) > items) return Number.NaN;
  return bisect((difference) => itemsForDifference(discordance, difference, plan) > items, 1e-12, largest);
}

/** Items (not rounded) to prove non-inferiority within `margin` when the truth is `difference` (0: no change). */
export function itemsForMargin(discordance: number, margin: number, plan: TestPlan, difference = 0): number {
  const distance = margin + difference;
  requirePositive('margin + difference', distance);
  const { z, zPower } = planQuantiles(plan);
  return ((z + zPower) ** 2 * (discordance - difference * difference)) / distance ** 2;
}

/** The smallest margin that `items` prove when the truth is no change. */
export function marginFor(items: number, discordance: number, plan: TestPlan): number {
  requirePositive('items', items);
  const { z, zPower } = planQuantiles(plan);
  return (z + zPower) * Math.sqrt(discordance / items);
}

/** The chance to prove non-inferiority within `margin` when the truth is `difference`; a normal approximation. */
export function nonInferiorityPower(
  items: number,
  truth: { readonly discordance: number; readonly difference: number },
  margin: number,
  alpha: number,
): number {
  const { z } = planQuantiles({ alpha, power: 0.5, sides: 1 });
  const error = Math.sqrt((truth.discordance - truth.difference ** 2) / items);
  return error === 0
    ? Number(margin + truth.difference > 0)
    : normalCdf((margin + truth.difference) / error - z);
}
