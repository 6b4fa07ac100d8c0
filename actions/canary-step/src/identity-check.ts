import { connect } from '@sluice/inference';
import type { Rollout } from '@sluice/rollout';

/** Why what answers in the candidate's slot is not what the state says; undefined where it is, or where no address is known. */
export async function mismatch(
  rollout: Rollout,
  address: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!address) return undefined;
  const answer = await connect({ endpoint: address, signal, timeoutMs: 10_000 }).models();
  signal.throwIfAborted();
  if (!answer.ok) return `the new version's server does not say what it serves: ${answer.message}`;
  const served = answer.models.map(({ id }) => id);
  return served.includes(rollout.version)
    ? undefined
    : `${address} serves ${served.join(', ') || 'nothing'}, not ${rollout.version}`;
}
