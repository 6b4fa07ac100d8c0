import type { Completed, Rollout, RolloutState } from '@sluice/rollout';
import type { Verified } from './verify.ts';

/** What happened, for report, record and outputs. */
export interface Round {
  readonly rolledBack: boolean;
  readonly verified: Verified | undefined;
  readonly reason: string;
  readonly rollout: Rollout | null;
  readonly restored: Completed | undefined;
  /** From the decision until the router had confirmed it. */
  readonly durationMs: number;
  /** What became of the registry's alias; undefined where it was not asked for, or no registry is known. */
  readonly alias?: AliasRestored | undefined;
}

export interface AliasRestored {
  readonly ok: boolean;
  /** One sentence. */
  readonly text: string;
}

/** Nothing was moved, and why. */
export const nothing = (reason: string, { rollout }: RolloutState): Round => ({
  rolledBack: false,
  verified: undefined,
  reason,
  rollout,
  restored: undefined,
  durationMs: 0,
});
