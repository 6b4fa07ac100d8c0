import type { Condition, KubernetesObject } from '@sluice/kubernetes';
import type { RuleKind } from '../kubernetes/rule-kind.ts';

/** A backend of a rule; users are shared out by `weight` / sum of the rule's weights. */
export interface BackendRef {
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  /** 0 to 1,000,000. Default 1. */
  readonly weight?: number;
}

/** What a header or a parameter of a query must be. */
export interface ValueMatch {
  readonly name: string;
  readonly value: string;
  /** Default: Exact. */
  readonly type?: 'Exact' | 'RegularExpression';
}

/** Which requests a rule is for: all that is said must hold. */
export interface Match {
  readonly headers?: readonly ValueMatch[];
  readonly queryParams?: readonly ValueMatch[];
  /** Of an HTTPRoute. Default: every path. */
  readonly path?: { readonly type?: string; readonly value?: string };
  /** Of an HTTPRoute the verb, of a GRPCRoute the service and its method. */
  readonly method?: string | { readonly type?: string; readonly service?: string; readonly method?: string };
}

/** A rule of an HTTPRoute or a GRPCRoute. What else it holds is kept as it is. */
export interface Rule {
  readonly name?: string;
  /** One of them must hold; none: all requests. */
  readonly matches?: readonly Match[];
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

export const routeRules: RuleKind<Route, Rule> = {
  rulesIn: ({ spec }) => spec.rules ?? [],
  patch: (rules) => ({ spec: { rules } }),
  plain: ({ name, backendRefs = [] }) => ({
    name,
    backends: backendRefs.map((ref) => ({ name: ref.name, weight: ref.weight ?? 1 })),
  }),
  weighted: (rule, weights) => ({
    ...rule,
    backendRefs: (rule.backendRefs ?? []).map((ref) => ({
      ...ref,
      weight: weights[ref.name] ?? ref.weight ?? 1,
    })),
  }),
};
