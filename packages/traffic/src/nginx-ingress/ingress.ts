import { type Percent, UserError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import type { SegmentSplit } from '../kubernetes/object-router.ts';

interface Backend {
  readonly service?: { readonly name: string };
}

/** The Ingress that takes users from another one with the same hosts and paths. */
export interface CanaryIngress extends KubernetesObject {
  readonly spec: {
    readonly defaultBackend?: Backend;
    readonly rules?: readonly {
      readonly http?: { readonly paths?: readonly { readonly backend: Backend }[] };
    }[];
  };
}

const PREFIX = 'nginx.ingress.kubernetes.io/';
/** The share is kept to a hundredth of a percent. */
const WHOLE = 10_000;

/**
 * @see https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary
 * @throws UserError where it is no canary
 */
export function checkCanary({ metadata }: CanaryIngress): void {
  if (metadata.annotations?.[`${PREFIX}canary`] !== 'true')
    throw new UserError(
      `Ingress ${metadata.name} has not the annotation ${PREFIX}canary: "true". The target names the canary's Ingress, not the one that it takes users from.`,
    );
}

/** The Service that the canary's users go to. */
export function serviceOf({ spec }: CanaryIngress): string | undefined {
  const paths = (spec.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return (paths[0]?.backend ?? spec.defaultBackend)?.service?.name;
}

/** Share of the canary, in percent. @throws UserError where the annotations hold anything but numbers */
export function shareIn(ingress: CanaryIngress): Percent {
  const { annotations = {}, name } = ingress.metadata;
  const read = (key: string, usual: number): number => {
    const text = annotations[PREFIX + key];
    if (text === undefined) return usual;
    if (!/^\d{1,9}$/.test(text))
      throw new UserError(`Ingress ${name}: ${PREFIX}${key} is '${text}', not a number.`);
    return Number(text);
  };
  const whole = read('canary-weight-total', 100);
  const share = whole === 0 ? 0 : read('canary-weight', 0) / whole;
  return Math.min(100, Math.round(share * 10_000) / 100);
}

/** Another share, as a merge patch; undefined where it has it already. @param points hundredths of a percent */
export function moved(ingress: CanaryIngress, points: number): object | undefined {
  if (shareIn(ingress) === points / 100) return undefined;
  const annotations = {
    [`${PREFIX}canary-weight`]: String(points),
    [`${PREFIX}canary-weight-total`]: String(WHOLE),
  };
  return { metadata: { annotations } };
}

/** Annotations that the controller goes by before it comes to the weight. */
const BEFORE = ['canary-by-header', 'canary-by-cookie'];

/** What sends users to the canary or keeps them from it besides the weight. */
export function troubles({ metadata }: CanaryIngress): string[] {
  const { annotations = {}, name } = metadata;
  return BEFORE.filter((key) => annotations[PREFIX + key] !== undefined).map(
    (key) =>
      `Ingress ${name} has ${PREFIX}${key}, which comes before the weight: whom it names is at the canary also at 0 %`,
  );
}

/**
 * The controller knows headers only instead of a weight: who has one is at the canary whole, or else drawn by the same weight as
 * everybody. A share of the users of a segment cannot be said.
 */
export const segments: SegmentSplit<CanaryIngress> = {
  segments: () => ({}),
  told({ metadata }, wanted) {
    if (Object.keys(wanted).length === 0) return undefined;
    throw new UserError(
      `segments: Ingress ${metadata.name} cannot send a share of some users alone. With ${PREFIX}canary-by-header all requests with the header go to the canary and all others are drawn by the weight; it has no both. Leave segments out, or use the router haproxy, gateway-api or istio, which have both.`,
    );
  },
};
