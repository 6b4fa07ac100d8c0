import { type Percent, quote, UserError } from '@sluice/contract';
import type { Slots } from './slots.ts';

/** A rule that shares its users out by weight, in whatever words its kind has for it. */
export interface WeightedRule {
  readonly name?: string | undefined;
  readonly backends: readonly { readonly name: string; readonly weight: number }[];
}

/** Which rules are steered, and where the slots lie in them. */
export interface Steered {
  readonly slots: Slots;
  /** Name of the only rule; undefined: every rule with both backends. */
  readonly rule: string | undefined;
}

/** Sum of the weights of the two backends: a share is kept to a hundredth of a percent. */
const WHOLE = 10_000;

/** The rules that are steered. @throws UserError where there is none, or one sends users to a third backend */
export function steeredRules<W extends WeightedRule>(
  of: string,
  rules: readonly W[],
  { slots, rule }: Steered,
): readonly W[] {
  const has = ({ backends }: WeightedRule, name: string) => backends.some((one) => one.name === name);
  const both = rules.filter(
    (one) => (rule === undefined || one.name === rule) && has(one, slots.stable) && has(one, slots.canary),
  );
  if (both.length === 0)
    throw new UserError(
      `${of} has no rule ${rule === undefined ? '' : `${quote(rule)} `}with both backends ${slots.stable} and ${slots.canary}. It has: ${shown(rules)}. Name them in the target: ?stable=<name>&canary=<name>.`,
    );
  for (const { backends } of both)
    for (const { name, weight } of backends)
      if (name !== slots.stable && name !== slots.canary && weight > 0)
        throw new UserError(
          `A rule of ${of} sends users to ${name} as well; a share of two is needed. Set its weight to 0, or steer another rule: ?rule=<name>.`,
        );
  return both;
}

/**
 * Share of slot `canary` over rules that are steered, in percent. Rules that somebody let differ count alike, so that their share
 * is none that was ever set; a rule without any weight sends nobody to the canary.
 */
export function shareOver(rules: readonly WeightedRule[], { stable, canary }: Slots): Percent {
  const shares = rules.map(({ backends }) => {
    const sum = (name: string) =>
      backends.reduce((all, backend) => all + (backend.name === name ? backend.weight : 0), 0);
    const both = sum(canary) + sum(stable);
    return both === 0 ? 0 : sum(canary) / both;
  });
  return Math.round((shares.reduce((all, share) => all + share, 0) / shares.length) * 10_000) / 100;
}

/** What the backends of the slots weigh for a share. @param points hundredths of a percent */
export function weightsFor(points: number, { stable, canary }: Slots): Readonly<Record<string, number>> {
  return { [stable]: WHOLE - points, [canary]: points };
}

/** Whether a rule's backends weigh so already. */
export function weighs({ backends }: WeightedRule, weights: Readonly<Record<string, number>>): boolean {
  return backends.every(({ name, weight }) => (weights[name] ?? weight) === weight);
}

function shown(rules: readonly WeightedRule[]): string {
  const all = rules.map(
    ({ name, backends }, i) =>
      `${name ?? `rule ${i + 1}`} (${backends.map((one) => one.name).join(', ') || 'no backend'})`,
  );
  return all.join('; ') || 'none';
}
