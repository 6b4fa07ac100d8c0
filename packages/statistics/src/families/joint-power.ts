import { requireOpenUnit, requireUnit } from '../arguments.ts';

/** The chance that all of several gates are proven. */
export type JointPower = {
  /** The product: what it is where the gates' data are independent. */
  readonly independent: number;
  /** The least it can be, whatever the dependence (Bonferroni). */
  readonly atLeast: number;
};

/**
 * Joint power of an intersection-union test: an approve needs every gate, each at its own alpha without correction, so
 * the price of many gates is paid in power.
 *
 * Source: Berger, Technometrics 24 (1982) 295-300.
 */
export function jointPower(powers: readonly number[]): JointPower {
  for (const [i, power] of powers.entries()) requireUnit(`power ${i}`, power);
  const missed = powers.reduce((sum, power) => sum + (1 - power), 0);
  return {
    independent: powers.reduce((product, power) => product * power, 1),
    atLeast: Math.max(0, 1 - missed),
  };
}

/** The power that each of `gates` independent gates needs for a joint power of `joint`. */
export function powerPerGate(joint: number, gates: number): number {
  requireOpenUnit('joint', joint);
  return joint ** (1 / gates);
}
