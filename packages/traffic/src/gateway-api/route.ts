import { type Percent, quote, UserError } from '@sluice/contract';
import type { Condition, KubernetesObject } from '@sluice/kubernetes';
import type { Slot } from '../router.ts';

/** A backend of a rule; users are shared out by `weight` / sum of the rule's weights. */
export interface BackendRef {
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  /** 0 to 1,000,000. Default 1. */
  readonly weight?: number;
}

/** A rule of an HTTPRoute or a GRPCRoute. What else it holds is kept as it is. */
export interface Rule {
  readonly name?: string;
  readonly backendRefs?: readonly BackendRef[];
}

/** @see https://gateway-api.sigs.k8s.io/reference/spec/#httproute */
export interface Route extends KubernetesObject {
  readonly spec: { readonly rules?: readonly Rule[] };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef: { readonly name: string; readonly namespace?: string };
      readonly controllerName: string;
      readonly conditions?: readonly Condition[];
    }[];
  };
}

export type Slots = Readonly<Record<Slot, string>>;

/** Which rules are steered, and where the slots lie in them. */
export interface Steered {
  readonly slots: Slots;
  /** Name of the only rule; undefined: every rule with both backends. */
  readonly rule: string | undefined;
}

/** Sum of the weights of the two backends: a share is kept to a hundredth of a percent. */
const WHOLE = 10_000;

/** The rules that are steered. @throws UserError where there is none, or one sends users to a third backend */
function steeredRules(route: Route, { slots, rule }: Steered): readonly Rule[] {
  const rules = route.spec.rules ?? [];
  const both = rules.filter(
    (one) =>
      (rule === undefined || one.name === rule) && refOf(one, slots.stable) && refOf(one, slots.canary),
  );
  if (both.length === 0)
    throw new UserError(
      `${route.metadata.name} has no rule ${rule === undefined ? '' : `${quote(rule)} `}with both backends ${slots.stable} and ${slots.canary}. It has: ${shownRules(rules)}. Name them in the target: ?stable=<name>&canary=<name>.`,
    );
  for (const one of both)
    for (const ref of one.backendRefs ?? [])
      if (ref.name !== slots.stable && ref.name !== slots.canary && weightOf(ref) > 0)
        throw new UserError(
          `A rule of ${route.metadata.name} sends users to ${ref.name} as well; a share of two is needed. Set its weight to 0, or steer another rule: ?rule=<name>.`,
        );
  return both;
}

/**
 * Share of slot `canary`, in percent. Rules that somebody let differ count alike, so that their share is none that was ever
 * set; a rule without any weight sends nobody to the canary.
 */
export function shareIn(route: Route, steered: Steered): Percent {
  const rules = steeredRules(route, steered);
  const shares = rules.map((rule) => {
    const canary = weightIn(rule, steered.slots.canary);
    const both = canary + weightIn(rule, steered.slots.stable);
    return both === 0 ? 0 : canary / both;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.round(mean * 10_000) / 100;
}

/** The route's rules with another share; undefined where they have it already. @param points hundredths of a percent */
export function withShare(route: Route, points: number, steered: Steered): readonly Rule[] | undefined {
  const rules = steeredRules(route, steered);
  const weights = { [steered.slots.stable]: WHOLE - points, [steered.slots.canary]: points };
  let changed = false;
  const next = (route.spec.rules ?? []).map((rule) => {
    if (!rules.includes(rule)) return rule;
    const backendRefs = (rule.backendRefs ?? []).map((ref) => {
      const weight = weights[ref.name];
      if (weight === undefined) return ref;
      changed ||= ref.weight !== weight;
      return { ...ref, weight };
    });
    return { ...rule, backendRefs };
  });
  return changed ? next : undefined;
}

/**
 * The backends that the slots mean. Each is named by the target, else by its address or name as given, else it is the only one
 * whose name is the slot's or ends with it.
 * @throws UserError
 */
export function slotsIn(route: Route, named: Partial<Slots>, given: Partial<Slots>): Slots {
  const names = [
    ...new Set((route.spec.rules ?? []).flatMap((rule) => (rule.backendRefs ?? []).map(({ name }) => name))),
  ];
  const find = (slot: Slot): string => {
    const asked = named[slot];
    if (asked !== undefined) return asked;
    const address = serviceOf(given[slot]);
    if (address !== undefined && names.includes(address)) return address;
    const meant = names.filter((name) => name === slot || name.endsWith(`-${slot}`));
    const [only] = meant;
    if (only !== undefined && meant.length === 1) return only;
    throw new UserError(
      `Which backend of ${route.metadata.name} is ${slot} is not clear; it has ${names.join(', ') || 'none'}. Name it in the target: ?${slot}=<name>.`,
    );
  };
  const slots = { stable: find('stable'), canary: find('canary') };
  if (slots.stable === slots.canary)
    throw new UserError(`stable and canary are both ${slots.stable}; two are needed.`);
  return slots;
}

/** The Service of an address within a cluster (`http://qwen.default.svc:8000`), or the name itself. */
function serviceOf(given: string | undefined): string | undefined {
  return given?.replace(/^\w+:\/\//, '').split(/[.:/]/)[0];
}

const weightOf = ({ weight = 1 }: BackendRef): number => weight;
const refOf = (rule: Rule, name: string) => rule.backendRefs?.find((ref) => ref.name === name);

function weightIn(rule: Rule, name: string): number {
  return (rule.backendRefs ?? []).reduce((sum, ref) => sum + (ref.name === name ? weightOf(ref) : 0), 0);
}

function shownRules(rules: readonly Rule[]): string {
  const shown = rules.map(
    ({ name, backendRefs = [] }, i) =>
      `${name ?? `rule ${i + 1}`} (${backendRefs.map((ref) => ref.name).join(', ') || 'no backend'})`,
  );
  return shown.join('; ') || 'none';
}
