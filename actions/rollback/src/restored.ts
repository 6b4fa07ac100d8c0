import type { RunRecord } from '@sluice/record';
import type { Completed, RolloutState } from '@sluice/rollout';
import { type Evidence, provenGood } from './proven.ts';
import type { From } from './round.ts';

/** What is restored. */
export interface Restored {
  /** What stands in the other slot and has the users now. */
  readonly warm: Completed | undefined;
  /** The newest version whose record proves an approval, for all that is not in a slot; where none has a record, the newest. */
  readonly proven: Completed | undefined;
  readonly record: RunRecord | undefined;
  /** Why the users are at another version than `proven`; nothing where they are not. */
  readonly reason: string | undefined;
}

/** Reads the history of the target backwards for the last version that completed, was not taken back, and is proven good. */
export async function restoredBy(
  warm: Completed | undefined,
  { history }: RolloutState,
  from: From,
  evidence: Evidence,
): Promise<Restored> {
  const before = history.filter((h) => h.revertedAt === undefined && h.runId !== from.runId).toReversed();
  const doubts: string[] = [];
  for (const version of before) {
    const { good, reason, record } = await provenGood(version, evidence);
    if (good)
      return { warm, proven: version, record, reason: doubts.length > 0 ? doubts.join('; ') : undefined };
    doubts.push(`the record of ${version.version} does not prove it good: ${reason}`);
  }
  // nothing is claimed to be proven: it is the one that users are at
  const unproven = before.every(({ record }) => record === 'none');
  return {
    warm,
    proven: unproven ? warm : undefined,
    record: undefined,
    reason: doubts.join('; ') || undefined,
  };
}
