import { isDeepStrictEqual } from 'node:util';
import { UserError } from '@sluice/contract';
import { openRollout, otherSlot, type RolloutState } from '@sluice/rollout';
import type { Router } from '@sluice/traffic';

/**
 * Lets the router send to the candidate only whom the rollout is for, while it is under way; everybody once it is complete. A router
 * that restarted has forgotten it together with the share, so this comes before the share is given back.
 * @throws UserError where the router cannot be told
 */
export async function keepSegments(router: Router, state: RolloutState, signal: AbortSignal): Promise<void> {
  const { rollout } = state;
  if (!rollout) return;
  const open = openRollout(state);
  const wanted = open?.segments ?? {};
  const asked = Object.keys(wanted).length > 0;
  if (!router.segments || !router.setSegments) {
    if (asked)
      throw new UserError(
        `router ${router.kind} has no segments: a share of some users alone cannot be said there. Leave segments out, or use haproxy, gateway-api or istio`,
      );
    return;
  }
  // after a rollback nobody is sent there: what the share counts for does not matter
  if (!asked && rollout.phase === 'rolled-back') return;
  if (!isDeepStrictEqual(await router.segments(signal), sorted(wanted)))
    await router.setSegments(wanted, otherSlot(rollout.candidate), signal);
}

const sorted = (segments: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(segments).map(([name, values]) => [name, [...new Set(values)].sort()]));
