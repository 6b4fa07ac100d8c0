import type { Slot } from '@sluice/rollout';
import type { Router } from '@sluice/traffic';

/** Where the server of a slot is asked: the address that was given, else the one that the router itself sends users to. */
export async function addressOf(
  router: Router,
  slot: Slot,
  given: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (given !== undefined) return given;
  const address = (await router.servers?.(signal))?.[slot][0]?.address;
  return address === undefined ? undefined : `http://${address}`;
}
