import type { Percent } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import { type Steered, shareOfRules, type WeightedRule, weightsFor } from '../kubernetes/rules.ts';

/** A destination of a rule; users are shared out by `weight` / sum of the rule's weights. */
export interface Destination {
  readonly destination: { readonly host: string; readonly subset?: string };
  /** Default: 1 where there is no other, else 0. */
  readonly weight?: number;
}

/** A rule for HTTP. What else it holds is kept as it is. */
export interface HttpRule {
  readonly name?: string;
  readonly route?: readonly Destination[];
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/ */
export interface VirtualService extends KubernetesObject {
  readonly spec: { readonly http?: readonly HttpRule[] };
}

/** A backend is named by its subset, else by the first part of its host. */
const nameOf = ({ destination }: Destination): string =>
  destination.subset ?? (destination.host.split('.')[0] as string);

const rulesOf = ({ spec }: VirtualService): WeightedRule[] =>
  (spec.http ?? []).map(({ name, route = [] }) => ({
    name,
    backends: route.map((one) => ({ name: nameOf(one), weight: one.weight ?? (route.length === 1 ? 1 : 0) })),
  }));

/** Names of all backends. */
export function backendsOf(service: VirtualService): string[] {
  return [...new Set(rulesOf(service).flatMap(({ backends }) => backends.map(({ name }) => name)))];
}

/** Share of slot `canary`, in percent. */
export function shareIn(service: VirtualService, steered: Steered): Percent {
  return shareOfRules(service.metadata.name, rulesOf(service), steered);
}

/** The rules with another share; undefined where they have it already. @param points hundredths of a percent */
export function withShare(
  service: VirtualService,
  points: number,
  steered: Steered,
): readonly HttpRule[] | undefined {
  const weights = weightsFor(service.metadata.name, rulesOf(service), points, steered);
  if (weights.every((one) => one === undefined)) return undefined;
  return (service.spec.http ?? []).map((rule, i) => {
    const wanted = weights[i];
    if (!wanted) return rule;
    const route = (rule.route ?? []).map((one) => ({
      ...one,
      weight: wanted[nameOf(one)] ?? one.weight ?? 0,
    }));
    return { ...rule, route };
  });
}
