import { type CanaryDecision, duration } from '@sluice/contract';
import { comparedSoFar } from '../ab/tick.ts';
import type { Judge } from '../judge/judge.ts';
import { type Evidence, judgeOf } from '../judge/of-policy.ts';
import { type Plan, parsePlan } from '../plan/plan.ts';
import { openRollout, type Rollout, type RolloutState } from '../state/state.ts';
import { closedTick } from './closed.ts';
import { learn, soaked } from './learn.ts';
import { enterStage, promote } from './move.ts';
import { notYet } from './next-stage.ts';
import type { Observations } from './observations.ts';
import { closeRolledBack, readWeight, type Step, setWeight, shareOf } from './step.ts';

/**
 * One step of the canary: `(state, observations, now) -> decision`. `now` is ms epoch by the clock of the machine that ticks;
 * stages are timed by the metric source's clock. The weight stays in the plan, never grows on bad, stale or missing data, and the
 * same tick twice changes nothing.
 */
export function tick(state: RolloutState, seen: Observations, now: number): Step {
  const rollout = openRollout(state);
  return rollout ? new Tick(state, rollout, seen, now).step() : closedTick(state, seen, now);
}

class Tick {
  private readonly state: RolloutState;
  private readonly rollout: Rollout;
  private readonly seen: Observations;
  private readonly now: number;
  private readonly plan: Plan;
  private readonly judge: Judge<Evidence>;
  private readonly share: number;

  constructor(state: RolloutState, rollout: Rollout, seen: Observations, now: number) {
    this.state = state;
    this.rollout = rollout;
    this.seen = seen;
    this.now = now;
    this.plan = parsePlan(rollout.plan);
    this.judge = judgeOf(rollout.policy, this.plan);
    this.share = shareOf(rollout.candidate, seen.router.canaryPercent);
  }

  step(): Step {
    const { share, seen, now } = this;
    const { identity } = seen.router;
    const reading = readWeight(this.rollout, share, identity);
    const learned = learn(this.rollout, seen, reading, this.judge, now);
    const { alarm, blocked } = learned;
    const rollout: Rollout = {
      ...learned.rollout,
      ...(reading === 'right' ? { pending: null, routerIdentity: identity } : {}),
    };

    if (alarm) {
      const reason = `${alarm.guard}: ${alarm.reason}`;
      const at = { ...rollout, routerIdentity: identity };
      const state = closeRolledBack(this.state, at, share, reason, now);
      return {
        decision: 'rollback',
        state,
        actions: [setWeight(rollout.candidate, 0)],
        reason,
        nextCheck: null,
      };
    }
    if (rollout.paused) return this.paused(rollout, reading === 'restarted');
    if (reading === 'moved' && rollout.phase !== 'starting') {
      const reason = `the router gives the candidate ${share} % where ${rollout.weight} % was set: somebody else moved it`;
      return this.keep(
        'paused',
        {
          ...rollout,
          paused: { by: 'weight-changed', reason, at: now },
        },
        reason,
      );
    }
    if (reading !== 'right') return this.restore(rollout, reading === 'restarted', blocked);
    if (blocked !== undefined) return this.hold(rollout, blocked);
    return rollout.phase === 'watched' ? this.watch(rollout) : this.advance(rollout);
  }

  private paused(rollout: Rollout, restarted: boolean): Step {
    const { by, reason } = rollout.paused as NonNullable<Rollout['paused']>;
    // a file's default after a restart is nobody's wish: it may only lower the share
    const lower = restarted && this.share > rollout.weight;
    const now = lower ? `, set to ${rollout.weight} %` : ' until it is resumed';
    const shows = restarted ? `; the router restarted and gives the candidate ${this.share} %${now}` : '';
    return {
      ...this.keep(by === 'max-hold' ? 'undecided' : 'paused', rollout, `${reason}${shows}`),
      actions: lower ? [setWeight(rollout.candidate, rollout.weight)] : [],
    };
  }

  /** The router does not show the weight of the state: killed before the move, restarted, or left over from before. */
  private restore(rollout: Rollout, restarted: boolean, blocked: string | undefined): Step {
    const { share } = this;
    const shows = restarted
      ? `the router restarted and gives the candidate ${share} %`
      : `the router still gives the candidate ${share} %`;
    if (share < rollout.weight && blocked !== undefined)
      return this.hold(rollout, `${shows}; not raised again, since ${blocked}`);
    const next: Rollout = {
      ...rollout,
      pending: { from: share },
      routerIdentity: this.seen.router.identity,
    };
    return {
      ...this.keep('hold', next, `${shows}, set to ${rollout.weight} %`),
      actions: [setWeight(rollout.candidate, rollout.weight)],
    };
  }

  private advance(rollout: Rollout): Step {
    const compared = comparedSoFar(rollout, this.plan, soaked(rollout));
    if (compared !== undefined) return this.keep('hold', rollout, compared);
    const why = notYet(rollout, this.plan, this.judge, this.now);
    if (why !== undefined) return this.hold(rollout, why);
    const clock = this.seen.clock as number;
    if (rollout.stage < this.plan.length - 1) {
      const next = enterStage(rollout, this.plan, this.share, clock, this.now);
      const moved = this.keep(
        'advance',
        next,
        `stage ${next.stage + 1} of ${this.plan.length}: ${next.weight} %`,
      );
      return { ...moved, actions: [setWeight(next.candidate, next.weight)] };
    }
    return promote(this.state, rollout, this.share, this.now);
  }

  private watch(rollout: Rollout): Step {
    const until = (rollout.promotedAt as number) + duration.parse(rollout.policy.watch);
    if (this.now < until)
      return this.keep('hold', rollout, `promoted; watched until ${new Date(until).toISOString()}`);
    const closed: Rollout = {
      ...rollout,
      phase: 'complete',
      weight: 100,
      pending: this.share < 100 ? { from: this.share } : null,
      closed: { at: this.now, reason: 'complete' },
    };
    return {
      decision: 'none',
      state: { ...this.state, rollout: closed, lease: null },
      actions: this.share < 100 ? [setWeight(rollout.candidate, 100)] : [],
      reason: `run ${rollout.runId} is live; the watch over it has ended`,
      nextCheck: null,
    };
  }

  /** Not now; after `max-hold` beyond the soak a person must decide. */
  private hold(rollout: Rollout, reason: string): Step {
    const soak = this.plan[rollout.stage]?.soakMs ?? 0;
    const limit = rollout.heldSince + soak + duration.parse(rollout.policy['max-hold']);
    if (rollout.phase === 'watched' || this.now <= limit) return this.keep('hold', rollout, reason);
    const stopped = `held for ${rollout.policy['max-hold']} beyond the soak and still ${reason}; decide with command approve, resume or abort`;
    return this.keep(
      'undecided',
      { ...rollout, paused: { by: 'max-hold', reason: stopped, at: this.now } },
      stopped,
    );
  }

  private keep(decision: CanaryDecision, rollout: Rollout, reason: string): Step {
    const { policy, runId } = rollout;
    return {
      decision,
      state: {
        ...this.state,
        rollout,
        lease: { owner: runId, expires: this.now + duration.parse(policy.lease) },
      },
      actions: [],
      reason,
      nextCheck: this.now + duration.parse(policy.interval),
    };
  }
}
