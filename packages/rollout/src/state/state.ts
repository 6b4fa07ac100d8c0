import type { ComparisonEvidence } from '../ab/comparison.ts';
import type { GuardReading } from '../judge/judge.ts';
import type { Evidence } from '../judge/of-policy.ts';
import type { Totals } from '../judge/totals.ts';
import type { Slot } from '../observations/minute.ts';
import type { Segments } from '../plan/segments.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instance } from './instance.ts';
import type { TrailPoint } from './trail.ts';

/** What is deployed: a merged or quantized model, or a base model with an adapter. */
export type Identity = { readonly model: string } | { readonly base: string; readonly adapter: string };

/** A version that went all the way, and what was measured of it. */
export interface Completed {
  readonly runId: string;
  readonly version: string;
  /** `none` where nothing was built. */
  readonly image: string;
  readonly record: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly completedAt: number;
  /** Set when it was taken back later. */
  readonly revertedAt?: number;
}

/**
 * starting: begun, weight 0; running: in a stage of the plan; watched: promoted, still guarded;
 * complete and rolled-back are closed.
 */
export type Phase = 'starting' | 'running' | 'watched' | 'complete' | 'rolled-back';

export interface Pause {
  /** Who stopped it: a person, a weight that somebody else moved, or a stage that held for too long. */
  readonly by: 'person' | 'weight-changed' | 'max-hold';
  readonly reason: string;
  readonly at: number;
}

/** A stage that has begun. */
export interface StageProgress {
  /** When its weight was set, ms epoch by the metric source's clock. */
  readonly start: number;
  /** Time that does not count as soak, ms: intervals that were not seen, and time at another weight. */
  readonly lost: number;
  /** Requests that the candidate served. */
  readonly requests: number;
}

export interface Approval {
  /** Index of the stage that may begin. */
  readonly stage: number;
  readonly by: string;
  readonly at: number;
}

/** One candidate on its way. */
export interface Rollout {
  readonly runId: string;
  /** RecordRef, or `none` where an unproven start was allowed. */
  readonly record: string;
  readonly identity: Identity;
  readonly image: string;
  readonly version: string;
  readonly plan: string;
  readonly policy: Policy;
  readonly policyDigest: string;
  readonly metricSource: string;
  /** Only users with one of the values in each of these headers; absent: everybody. */
  readonly segments?: Segments;
  /** The slot that the candidate stands in. */
  readonly candidate: Slot;
  readonly phase: Phase;
  /** Index into the plan; -1 before the first stage. */
  readonly stage: number;
  readonly paused: Pause | null;
  /** The candidate's share in percent that the router should show. */
  readonly weight: number;
  /** Set while the router may still show the share before the last move; `from: null`, any share. */
  readonly pending: { readonly from: number | null } | null;
  /** Identity of the router's process when it was last seen; '' before the first tick. */
  readonly routerIdentity: string;
  readonly begunAt: number;
  /** When the current stage began or was resumed, by the clock of the machine that ticked; `max-hold` counts from it. */
  readonly heldSince: number;
  readonly stages: readonly StageProgress[];
  readonly approvals: readonly Approval[];
  /** Intervals that ended before this (metric clock) were judged; `null` before the first tick. */
  readonly through: number | null;
  /** When `through` last moved, by the clock of the machine that ticked. */
  readonly seenAt: number;
  readonly evidence: Evidence;
  readonly readings: readonly GuardReading[];
  /** The way of the readings; absent in states of before it was kept. */
  readonly trail?: readonly TrailPoint[];
  /** Of an A/B test: how the versions compare. */
  readonly comparison?: ComparisonEvidence;
  /** What both versions served in the current stage. */
  readonly totals: { readonly live: Totals; readonly candidate: Totals };
  /** Requests that the live version served since the candidate last served one. */
  readonly quiet: number;
  /** Requests of the candidate since the live version served its last; absent: none. */
  readonly alone?: number;
  /** Requests that the candidate served since it began. */
  readonly exposed: number;
  readonly promotedAt: number | null;
  readonly closed: { readonly at: number; readonly reason: string } | null;
}

/** Who may move this target now, and until when (ms epoch). */
export interface Lease {
  readonly owner: string;
  readonly expires: number;
}

/** All that is kept of one target between ticks. Plain JSON. */
export interface RolloutState {
  readonly schema: typeof SCHEMA;
  readonly target: string;
  readonly live: Slot;
  /** Oldest first. */
  readonly history: readonly Completed[];
  readonly rollout: Rollout | null;
  readonly lease: Lease | null;
  /** What was brought up in each slot by a rollout; absent where everything was there already. */
  readonly instances?: { readonly [S in Slot]?: Instance };
}

export const SCHEMA = 'sluice-rollout/1';

/** A target that nothing was ever rolled out to: `stable` is live. */
export function newTarget(target: string, live: Slot = 'stable'): RolloutState {
  return { schema: SCHEMA, target, live, history: [], rollout: null, lease: null };
}

/** A rollout that is not closed. */
export function openRollout(state: RolloutState): Rollout | undefined {
  const { rollout } = state;
  return rollout && rollout.closed === null ? rollout : undefined;
}

/** The version that is live and was not taken back, newest first at 0; `back` 1 is the one before it. */
export function completed(state: RolloutState, back = 0): Completed | undefined {
  return state.history.filter((h) => h.revertedAt === undefined).at(-1 - back);
}

/** Whether ticks stopped coming although a rollout is under way. */
export function leaseExpired(state: RolloutState, now: number): boolean {
  return openRollout(state) !== undefined && state.lease !== null && state.lease.expires < now;
}

/** One word for people: `none`, `starting`, `stage 2`, `paused`, `watched`, `complete`, `rolled-back`. */
export function statusWord({ rollout }: RolloutState): string {
  if (!rollout) return 'none';
  if (rollout.paused && rollout.closed === null) return 'paused';
  return rollout.phase === 'running' ? `stage ${rollout.stage + 1}` : rollout.phase;
}
