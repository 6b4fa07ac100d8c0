import { openObject } from '../kubernetes/object-router.ts';
import { slotsIn } from '../kubernetes/slots.ts';
import { parseObjectTarget } from '../kubernetes/target.ts';
import type { Capabilities, Router, RouterOptions } from '../router.ts';
import { backendsOf, shareIn, type VirtualService, withShare } from './virtual-service.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: true,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

/**
 * Istio: the weights of two destinations in the HTTP rules of a VirtualService. A destination is named by its subset, else by its
 * host. A segment is a rule with matches of its own; within it each request is drawn anew.
 * @throws UserError, SystemError
 */
export async function openIstio(options: RouterOptions): Promise<Router> {
  const target = parseObjectTarget(options.target, ['VirtualService'], ['stable', 'canary', 'rule']);
  const { kind, options: asked } = target;
  const resource = {
    apiVersion: 'networking.istio.io/v1',
    kind,
    plural: 'virtualservices',
    namespaced: true,
  };
  return await openObject<VirtualService>(options, target, resource, (service) => {
    const slots = slotsIn(service.metadata.name, backendsOf(service), asked, options);
    const steered = { slots, rule: asked.rule };
    return {
      kind: 'istio',
      can,
      slots,
      share: (now) => shareIn(now, steered),
      moved: (now, points) => {
        const http = withShare(now, points, steered);
        return http && { spec: { http } };
      },
    };
  });
}
