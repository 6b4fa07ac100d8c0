import type { Router } from '@sluice/traffic';

/**
 * Lets each rollout draw its own users: the salt of their hash is the run. Only while nobody is split, since it would move users between
 * versions; after a restart the router has forgotten both, so this comes before the weight is given back.
 */
export async function drawUsers(router: Router, runId: string, signal: AbortSignal): Promise<void> {
  if (!router.setSalt || (await router.salt?.(signal)) === runId) return;
  const weight = await router.weight(signal);
  if (weight === 0 || weight === 100) await router.setSalt(runId, signal);
}
