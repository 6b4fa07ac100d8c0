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
function steeredRules(
  of: string,
  rules: readonly WeightedRule[],
  { slots, rule }: Steered,
): readonly WeightedRule[] {
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
 * Share of slot `canary`, in percent. Rules that somebody let differ count alike, so that their share is none that was ever
 * set; a rule without any weight sends nobody to the canary.
 */
export function shareOfRules(of: string, rules: readonly WeightedRule[], steered: Steered): Percent {
  const shares = steeredRules(of, rules, steered).map(({ backends }) => {
    const sum = (name: string) =>
      backends.reduce((all, backend) => all + (backend.name === name ? backend.weight : 0), 0);
    const canary = sum(steered.slots.canary);
    const both = canary + sum(steered.slots.stable);
    return both === 0 ? 0 : canary / both;
  });
  return Math.round((shares.reduce((all, share) => all + share, 0) / shares.length) * 10_000) / 100;
}

/**
 * What each rule's backends are to weigh for another share: for a rule that is steered, the weight by name; undefined for one that
 * is left alone. All undefined where nothing changes.
 * @param points hundredths of a percent
 */
export function weightsFor(
  of: string,
  rules: readonly WeightedRule[],
  points: number,
  steered: Steered,
): readonly (Readonly<Record<string, number>> | undefined)[] {
  const chosen = steeredRules(of, rules, steered);
  const weights = { [steered.slots.stable]: WHOLE - points, [steered.slots.canary]: points };
  const same = chosen.every(({ backends }) =>
    backends.every(({ name, weight }) => (weights[name] ?? weight) === weight),
  );
  return rules.map((rule) => (!same && chosen.includes(rule) ? weights : undefined));
}

function shown(rules: readonly WeightedRule[]): string {
  const all = rules.map(
    ({ name, backends }, i) =>
      `${name ?? `rule ${i + 1}`} (${backends.map((one) => one.name).join(', ') || 'no backend'})`,
  );
  return all.join('; ') || 'none';
}
