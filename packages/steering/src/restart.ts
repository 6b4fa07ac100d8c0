import type { Slot } from '@sluice/rollout';
import type { Router } from '@sluice/traffic';

/** Where the target names a file for it, a router that restarts sends everybody to the slot that is live now. */
export async function keepThroughRestart(
  router: Router,
  target: string,
  live: Slot,
  signal: AbortSignal,
): Promise<void> {
  if (!router.setRestartWeight || !/[?&]file=/.test(target)) return;
  await router.setRestartWeight(live === 'canary' ? 100 : 0, signal);
}
