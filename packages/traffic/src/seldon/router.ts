import { openRules, type RuleRouter } from '../kubernetes/rule-router.ts';
import type { Capabilities, Router, RouterOptions } from '../router.ts';
import { type Candidates, candidateRules, checkExperiment, type Experiment, troubles } from './experiment.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: false,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

const router: RuleRouter<Experiment, Candidates, never> = {
  kind: 'seldon',
  can,
  kinds: ['Experiment'],
  apiVersion: 'mlops.seldon.io/v1alpha1',
  keys: [],
  rules: candidateRules,
  check: checkExperiment,
  notes: troubles,
  withoutServices: true,
};

/**
 * Seldon Core 2: the weights of two candidates of an Experiment, models or pipelines. Each request is drawn anew, but for those that
 * send back the `x-seldon-route` of an answer: they stay at its version, whatever the weights. Seldon does not say which generation of
 * an Experiment it follows, so nothing can be waited for after a change.
 * @throws UserError, SystemError
 */
export const openSeldon = (options: RouterOptions): Promise<Router> => openRules(router, options);
