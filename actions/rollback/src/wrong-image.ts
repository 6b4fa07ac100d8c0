import type { Host } from '@sluice/host';
import type { Completed, Slot } from '@sluice/rollout';
import { imageBehind } from '@sluice/steering';
import type { Router } from '@sluice/traffic';
import type { Verified } from './verify.ts';

/** Why the slot that is restored is not verified, whatever its server answers: its Pods run another image than its record proves. */
export async function wrongImage(
  router: Router,
  slot: Slot,
  restored: Completed | undefined,
  host: Host,
): Promise<Verified | undefined> {
  const { problem, note } = await imageBehind(router, slot, restored?.image ?? 'none', host.signal);
  if (note !== undefined) host.log.warn(note);
  return problem === undefined ? undefined : { ok: false, reason: problem, probes: 0, failed: 0 };
}
