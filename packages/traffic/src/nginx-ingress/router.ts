import { openObject } from '../kubernetes/object-router.ts';
import { serviceOf as named } from '../kubernetes/slots.ts';
import { parseObjectTarget } from '../kubernetes/target.ts';
import type { Capabilities, Router, RouterOptions } from '../router.ts';
import { type CanaryIngress, checkCanary, moved, segments, serviceOf, shareIn, troubles } from './ingress.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: false,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

const RESOURCE = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
};

/**
 * The NGINX ingress controller: the share is an annotation of the canary's own Ingress. Each request is drawn anew, but for sessions
 * of a cookie that the other Ingress keeps.
 * @throws UserError, SystemError
 */
export async function openNginxIngress(options: RouterOptions): Promise<Router> {
  const target = parseObjectTarget(options.target, ['Ingress'], []);
  return await openObject<CanaryIngress>(options, target, RESOURCE, (ingress) => {
    checkCanary(ingress);
    const slots = {
      stable: named(options.stable) ?? 'stable',
      canary: serviceOf(ingress) ?? named(options.canary) ?? 'canary',
    };
    return { kind: 'nginx-ingress', can, slots, share: shareIn, moved, notes: troubles, segments };
  });
}
