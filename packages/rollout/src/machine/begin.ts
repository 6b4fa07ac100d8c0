import { duration, UserError } from '@sluice/contract';
import { judgeOf } from '../judge/of-policy.ts';
import { NOTHING } from '../judge/totals.ts';
import { byRole, contradiction, type Minute, otherSlot } from '../observations/minute.ts';
import { formatPlan, type Plan } from '../plan/plan.ts';
import type { Segments } from '../plan/segments.ts';
import { canonical } from '../policy/canonical.ts';
import { type Policy, policyDigest } from '../policy/policy.ts';
import { type Identity, openRollout, type Rollout, type RolloutState } from '../state/state.ts';
import { closeRolledBack, type SetWeight, setWeight } from './step.ts';

/** What a rollout is started with. */
export interface Candidate {
  readonly runId: string;
  readonly record: string;
  readonly identity: Identity;
  readonly image: string;
  readonly version: string;
  readonly plan: Plan;
  readonly policy: Policy;
  readonly metricSource: string;
  /** Whom it is for; absent: everybody. */
  readonly segments?: Segments;
}

export interface BeginOptions {
  /** What to do while another run is under way. */
  readonly busy: 'refuse' | 'replace';
  readonly now: number;
  /** Intervals of the last days, of which the live version's are the baseline; empty where none were kept. */
  readonly history: readonly Minute[];
}

/**
 * begun: a new rollout at weight 0; going-on: this run is already under way; finished: this run was already promoted or rolled back;
 * busy: another run is. Only `begun` changes the state; write it before carrying out `actions`.
 */
export interface Begun {
  readonly outcome: 'begun' | 'going-on' | 'finished' | 'busy';
  readonly state: RolloutState;
  readonly actions: readonly SetWeight[];
  readonly reason: string;
}

/** Starts a rollout, or says why not. Throws a `UserError` where this run is under way with other values. */
export function begin(state: RolloutState, candidate: Candidate, options: BeginOptions): Begun {
  const { busy, now } = options;
  const same = state.rollout?.runId === candidate.runId;
  const open = openRollout(state);
  const stay = (outcome: Begun['outcome'], reason: string): Begun => ({
    outcome,
    state,
    actions: [],
    reason,
  });

  if (open && same) {
    checkGiven(state, candidate);
    return stay('going-on', `run ${candidate.runId} is under way`);
  }
  if (state.rollout && same && busy === 'refuse')
    return stay(
      'finished',
      `run ${candidate.runId} is already ${state.rollout.phase}: start a new run, or use busy: replace to try this one again`,
    );
  if (same && state.rollout?.phase === 'complete')
    return stay('finished', `run ${candidate.runId} is already live`);
  if (open && busy === 'refuse')
    return stay(
      'busy',
      `run ${open.runId} (${open.version}) is under way at ${open.weight} %: wait for it, abort it, or use busy: replace`,
    );

  const replaced = open
    ? closeRolledBack(state, open, open.weight, `replaced by run ${candidate.runId}`, now)
    : state;
  const slot = otherSlot(replaced.live);
  return {
    outcome: 'begun',
    state: {
      ...replaced,
      rollout: newRollout(candidate, slot, options),
      lease: { owner: candidate.runId, expires: now + duration.parse(candidate.policy.lease) },
    },
    actions: open ? [setWeight(open.candidate, 0)] : [],
    reason: open ? `run ${open.runId} was replaced and goes to 0 first` : 'begun',
  };
}

function newRollout(candidate: Candidate, slot: Rollout['candidate'], options: BeginOptions): Rollout {
  const { plan, policy, ...given } = candidate;
  const history = options.history
    .filter((m) => contradiction(m) === undefined)
    .sort((a, b) => a.start - b.start)
    .map((m) => byRole(m, slot));
  return {
    ...given,
    plan: formatPlan(plan),
    policy,
    policyDigest: policyDigest(policy),
    candidate: slot,
    phase: 'starting',
    stage: -1,
    paused: null,
    weight: 0,
    pending: null,
    routerIdentity: '',
    begunAt: options.now,
    heldSince: options.now,
    stages: [],
    approvals: [],
    through: null,
    seenAt: options.now,
    evidence: judgeOf(policy, plan).begin(history),
    readings: [],
    totals: { live: NOTHING, candidate: NOTHING },
    quiet: 0,
    exposed: 0,
    promotedAt: null,
    closed: null,
  };
}

/** What a later tick may be given besides its target. */
export type Given = Partial<Candidate>;

/** Throws a `UserError` with both values where something given differs from the state's. */
export function checkGiven(state: RolloutState, given: Given): void {
  const { rollout } = state;
  if (!rollout) return;
  const pairs: [string, string | undefined, string][] = [
    ['run-id', given.runId, rollout.runId],
    ['record', given.record, rollout.record],
    ['model', given.identity && canonical(given.identity), canonical(rollout.identity)],
    ['image', given.image, rollout.image],
    ['version', given.version, rollout.version],
    ['plan', given.plan && formatPlan(given.plan), rollout.plan],
    ['policy', given.policy && policyDigest(given.policy), rollout.policyDigest],
    ['metrics', given.metricSource, rollout.metricSource],
    ['segments', given.segments && canonical(given.segments), canonical(rollout.segments ?? {})],
  ];
  const differ = pairs.filter(([, mine, its]) => mine !== undefined && mine !== its);
  if (differ.length > 0)
    throw new UserError(
      differ
        .map(
          ([name, mine, its]) =>
            `${name}: given ${mine}, but the rollout under way was started with ${its}; leave it out, or abort the rollout first`,
        )
        .join('\n'),
    );
}
