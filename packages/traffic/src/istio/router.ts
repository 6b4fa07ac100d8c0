import { openRules, type RuleRouter } from '../kubernetes/rule-router.ts';
import type { Capabilities, Router, RouterOptions } from '../router.ts';
import { type HttpRule, httpRules, narrowing, type VirtualService } from './virtual-service.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: true,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

const router: RuleRouter<VirtualService, HttpRule, 'rule'> = {
  kind: 'istio',
  can,
  kinds: ['VirtualService'],
  apiVersion: 'networking.istio.io/v1',
  keys: ['rule'],
  rules: httpRules,
  narrowing: () => narrowing,
};

/**
 * Istio: the weights of two destinations in the HTTP rules of a VirtualService. A destination is named by its subset, else by its
 * host. A segment is a rule with headers besides, before the one that it was made from; within it each request is drawn anew.
 * @throws UserError, SystemError
 */
export const openIstio = (options: RouterOptions): Promise<Router> => openRules(router, options);
