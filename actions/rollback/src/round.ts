import type { Completed, RolloutState } from '@sluice/rollout';
import type { Verified } from './verify.ts';

/** What a method other than the traffic came to. */
export interface MethodDone {
  readonly method: string;
  readonly ok: boolean;
  /** One sentence. */
  readonly text: string;
}

/** The run that loses its users. */
export interface From {
  readonly runId: string;
  readonly version: string;
  /** `none` where nothing was built. */
  readonly image: string;
  /** RecordRef, or `none` where it was started unproven. */
  readonly record: string;
}

/** What happened, for report, record and outputs. */
export interface Round {
  readonly rolledBack: boolean;
  readonly verified: Verified | undefined;
  readonly reason: string;
  readonly from: From | undefined;
  readonly restored: Completed | undefined;
  /** From the decision until the router had confirmed it. */
  readonly durationMs: number;
  readonly done: readonly MethodDone[];
  /** What was asked for cannot be done: not approved, and why is the reason. */
  readonly impossible?: boolean;
}

/** Nothing was moved, and why. */
export const nothing = (reason: string, { rollout }: RolloutState, impossible = false): Round => ({
  rolledBack: false,
  verified: undefined,
  reason,
  from: rollout ?? undefined,
  restored: undefined,
  durationMs: 0,
  done: [],
  impossible,
});
