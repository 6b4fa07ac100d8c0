import { quantile } from '@sluice/rollout';
import type { Rival } from './rival.ts';

/**
 * Flagger (`pkg/controller/scheduler.go`, 15bd6ad): each minute the success rate must be >= 99 % and P99 <= 500 ms x 10 (our traffic's P99 is
 * 2 s); a miss counts one, and nothing but a new revision takes it back; at `threshold` misses it rolls back.
 */
export function flagger(threshold: number, successRate = 0.99, p99Limit = 5000): Rival {
  let failed = 0;
  return ({ candidate }) => {
    const { requests, errors, latency } = candidate;
    if (requests === 0) return false;
    const slow = latency ? (quantile(0.99, latency, requests) ?? 0) > p99Limit : false;
    if (1 - errors / requests < successRate || slow) failed += 1;
    return failed >= threshold;
  };
}
