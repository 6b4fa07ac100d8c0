import type { Percent } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import type { Segments } from '../router.ts';
import { type Steered, shareOver, steeredRules, type WeightedRule, weighs, weightsFor } from './rules.ts';

/** In which words a kind of objects holds rules that share users out by weight. */
export interface RuleKind<T extends KubernetesObject, R extends object> {
  rulesIn(object: T): readonly R[];
  /** Other rules, as a merge patch. */
  patch(rules: readonly R[]): object;
  /** A rule in common words. */
  plain(rule: R): WeightedRule;
  /** The rule with other weights, by the names of its backends; all else stays. */
  weighted(rule: R, weights: Readonly<Record<string, number>>): R;
}

/** How rules of a kind say whom they are for. */
export interface Narrowing<R extends object> {
  /**
   * A rule for those users of another one who are in the segments; undefined where none of them can be.
   * @throws UserError where it cannot be said
   */
  narrowed(rule: R, segments: Segments): R | undefined;
  named(rule: R, name: string): R;
  /**
   * Stands between the rules as they were and as they are to be. @param parts what each of them was narrowed to, by its place
   * @throws UserError where a rule would lose users to the new ones who were its own
   */
  check?(of: string, rules: readonly R[], parts: readonly (R | undefined)[]): void;
}

/** A rule, in its own words and in common ones. */
interface Read<R> extends WeightedRule {
  readonly rule: R;
}

/** The rules of an object, each beside its weights. */
export function readRules<T extends KubernetesObject, R extends object>(
  kind: RuleKind<T, R>,
  object: T,
): readonly Read<R>[] {
  return kind.rulesIn(object).map((rule) => ({ ...kind.plain(rule), rule }));
}

/** Names of all backends. */
export function backendsOf<T extends KubernetesObject, R extends object>(
  kind: RuleKind<T, R>,
  object: T,
): string[] {
  const names = readRules(kind, object).flatMap(({ backends }) => backends.map(({ name }) => name));
  return [...new Set(names)];
}

/** Share of slot `canary`, in percent. */
export function shareIn<T extends KubernetesObject, R extends object>(
  kind: RuleKind<T, R>,
  object: T,
  steered: Steered,
): Percent {
  return shareOver(steeredRules(object.metadata.name, readRules(kind, object), steered), steered.slots);
}

/** The rules with another share; undefined where they have it already. @param points hundredths of a percent */
export function withShare<T extends KubernetesObject, R extends object>(
  kind: RuleKind<T, R>,
  object: T,
  points: number,
  steered: Steered,
): readonly R[] | undefined {
  const rules = readRules(kind, object);
  const chosen = steeredRules(object.metadata.name, rules, steered);
  const weights = weightsFor(points, steered.slots);
  if (chosen.every((one) => weighs(one, weights))) return undefined;
  return rules.map((one) => (chosen.includes(one) ? kind.weighted(one.rule, weights) : one.rule));
}
