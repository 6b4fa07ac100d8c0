import type { Rival } from './rival.ts';

/**
 * Argo Rollouts (`analysis/analysis.go`, 9f8d111): a measurement an interval, Failed where the success rate is under the condition;
 * the run fails as soon as failures > `failureLimit`. An interval without requests gives no measurement.
 */
export function argo(successRate: number, interval = 5, failureLimit = 3): Rival {
  let [minutes, requests, errors, failures] = [0, 0, 0, 0];
  return ({ candidate }) => {
    minutes += 1;
    requests += candidate.requests;
    errors += candidate.errors;
    if (minutes < interval) return false;
    if (requests > 0 && 1 - errors / requests < successRate) failures += 1;
    [minutes, requests, errors] = [0, 0, 0];
    return failures > failureLimit;
  };
}
