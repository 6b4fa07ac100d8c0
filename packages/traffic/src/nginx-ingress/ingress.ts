import { type Percent, UserError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';

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
