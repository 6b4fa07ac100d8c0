import { requireOpenUnit } from '../arguments.ts';
import { normalQuantile } from '../distributions/normal.ts';

/** What a planned test promises: its level, on one or two sides, and the chance to show what is there. */
export type TestPlan = { readonly alpha: number; readonly power: number; readonly sides: 1 | 2 };

/** The normal quantiles that go with a plan's level and power. */
export function planQuantiles({ alpha, power, sides }: TestPlan): {
  readonly z: number;
  readonly zPower: number;
} {
  requireOpenUnit('alpha', alpha);
  requireOpenUnit('power', power);
  return { z: -normalQuantile(alpha / sides), zPower: normalQuantile(power) };
}
