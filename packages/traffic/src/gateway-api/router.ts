import { quote, UserError } from '@sluice/contract';
import { openRules, type RuleRouter } from '../kubernetes/rule-router.ts';
import type { Capabilities, Router, RouterOptions } from '../router.ts';
import { narrowing } from './narrowing.ts';
import { type Route, type Rule, routeRules } from './route.ts';
import { refused, takenUp, troubles } from './standing.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: true,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

const router: RuleRouter<Route, Rule, 'rule' | 'segments'> = {
  kind: 'gateway-api',
  can,
  kinds: ['HTTPRoute', 'GRPCRoute'],
  apiVersion: 'gateway.networking.k8s.io/v1',
  keys: ['rule', 'segments'],
  rules: routeRules,
  narrowing: ({ segments }) => {
    if (segments !== undefined && segments !== 'exact')
      throw new UserError(
        `segments=${quote(segments)} in the target is unknown. Allowed: exact (headers are compared value by value, in small letters, for a gateway that knows no patterns). Whom a rollout is for is said by the input segments.`,
      );
    return narrowing(segments ?? 'pattern');
  },
  takenUp,
  refused,
  notes: troubles,
};

/**
 * Kubernetes Gateway API: the weights of two backends in the rules of a route. A segment is a rule with headers besides, before the
 * one that it was made from; within it each request is drawn anew.
 * @throws UserError, SystemError
 */
export const openGatewayApi = (options: RouterOptions): Promise<Router> => openRules(router, options);
