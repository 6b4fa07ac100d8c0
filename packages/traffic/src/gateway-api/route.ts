import type { Percent } from '@sluice/contract';
import type { Condition, KubernetesObject } from '@sluice/kubernetes';
import { type Steered, shareOfRules, type WeightedRule, weightsFor } from '../kubernetes/rules.ts';

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

const rulesOf = ({ spec }: Route): WeightedRule[] =>
  (spec.rules ?? []).map(({ name, backendRefs = [] }) => ({
    name,
    backends: backendRefs.map((ref) => ({ name: ref.name, weight: ref.weight ?? 1 })),
  }));

/** Names of all backends. */
export function backendsOf(route: Route): string[] {
  return [...new Set(rulesOf(route).flatMap(({ backends }) => backends.map(({ name }) => name)))];
}

/** Share of slot `canary`, in percent. */
export function shareIn(route: Route, steered: Steered): Percent {
  return shareOfRules(route.metadata.name, rulesOf(route), steered);
}

/** The route's rules with another share; undefined where they have it already. @param points hundredths of a percent */
export function withShare(route: Route, points: number, steered: Steered): readonly Rule[] | undefined {
  const weights = weightsFor(route.metadata.name, rulesOf(route), points, steered);
  if (weights.every((one) => one === undefined)) return undefined;
  return (route.spec.rules ?? []).map((rule, i) => {
    const wanted = weights[i];
    if (!wanted) return rule;
    const backendRefs = (rule.backendRefs ?? []).map((ref) => ({
      ...ref,
      weight: wanted[ref.name] ?? ref.weight ?? 1,
    }));
    return { ...rule, backendRefs };
  });
}
