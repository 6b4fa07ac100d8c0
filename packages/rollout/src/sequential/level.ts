import type { Arm } from '@sluice/statistics';
import type { Block } from './guard-evidence.ts';

/**
 * How much worse the live version is now than in its history, at least 1: the largest of this block's level, the last hour's and
 * the whole rollout's, each with its root added. Drifts and incidents of both versions move it.
 */
export function levelNow(block: Arm, recent: readonly Block[], all: Arm, share: number): number {
  let [requests, events] = [0, 0];
  for (const { live } of recent) {
    requests += live.requests;
    events += live.events;
  }
  const here =
    (block.events + (block.events > 1 ? Math.sqrt(block.events) : 0) + 0.5) / (block.requests * share + 0.5);
  const hour = (events + Math.sqrt(events)) / Math.max(1, requests * share);
  const rollout = (all.events + Math.sqrt(all.events)) / Math.max(1, all.requests * share);
  return Math.max(1, here, hour, rollout);
}
