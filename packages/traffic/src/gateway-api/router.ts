import { openObject } from '../kubernetes/object-router.ts';
import { slotsIn } from '../kubernetes/slots.ts';
import { parseObjectTarget } from '../kubernetes/target.ts';
import type { Capabilities, Router, RouterOptions } from '../router.ts';
import { backendsOf, type Route, shareIn, withShare } from './route.ts';
import { takenUp, troubles } from './standing.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: true,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

const KINDS = ['HTTPRoute', 'GRPCRoute'];

/**
 * Kubernetes Gateway API: the weights of two backends in the rules of a route. Which users a rule is for is said by its matches,
 * so a segment is a rule of its own; within it each request is drawn anew.
 * @throws UserError, SystemError
 */
export async function openGatewayApi(options: RouterOptions): Promise<Router> {
  const target = parseObjectTarget(options.target, KINDS, ['stable', 'canary', 'rule']);
  const { kind, options: asked } = target;
  const resource = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: true,
  };
  return await openObject<Route>(options, target, resource, (route) => {
    const slots = slotsIn(route.metadata.name, backendsOf(route), asked, options);
    const steered = { slots, rule: asked.rule };
    return {
      kind: 'gateway-api',
      can,
      slots,
      share: (now) => shareIn(now, steered),
      moved: (now, points) => {
        const rules = withShare(now, points, steered);
        return rules && { spec: { rules } };
      },
      takenUp,
      notes: troubles,
    };
  });
}
