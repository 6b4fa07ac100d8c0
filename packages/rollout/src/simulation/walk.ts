import { duration } from '@sluice/contract';
import type { Judge } from '../judge/judge.ts';
import { type Evidence, judgeOf } from '../judge/of-policy.ts';
import { holdbackPercent } from '../machine/holdback.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { Plan, Stage } from '../plan/plan.ts';
import type { GuardName } from '../policy/guards.ts';
import type { Policy } from '../policy/policy.ts';
import { Hearing } from './hearing.ts';

/** How a walk through a plan ended. */
export interface WalkEnd {
  readonly decision: 'complete' | 'rollback' | 'hold' | 'undecided';
  /** Intervals that had passed when it was decided. */
  readonly minute: number;
  /** 1-based stage of the plan. */
  readonly stage: number;
  /** Requests that the candidate had served by then. */
  readonly exposed: number;
  readonly reason: string;
  /** Guard that rolled back. */
  readonly guard?: string;
}

export interface Walk {
  readonly plan: Plan;
  readonly policy: Policy;
  /** What the judge knows before the first interval. */
  readonly evidence: Evidence;
  /** Requests a minute of both versions, for the holdback. */
  readonly perMinute: number;
  /**
   * What was served in interval `t`, with the candidate at `share` (0 to 1); `undefined`: not seen, `null`: there is no more.
   */
  readonly minute: (t: number, share: number) => RoleMinute | undefined | null;
  /** `soak`: a stage that must hold delays those after it. `plan`: recorded traffic cannot wait, stages begin when the plan says. */
  readonly clock: 'soak' | 'plan';
  /** Told what the judge knew in the end. */
  readonly ended?: (evidence: Evidence) => void;
}

/** The judge's evidence before a rollout. */
export const evidenceBefore = (
  policy: Policy,
  plan: Plan,
  history: readonly RoleMinute[],
  expected?: readonly GuardName[],
): Evidence => judgeOf(policy, plan).begin(history, expected);

/** Walks a policy through its plan, a look at every interval. */
export function walk(options: Walk): WalkEnd {
  return new Walker(options).end();
}

/** Part of a stage that must have been seen. */
const SEEN = 0.95;

class Walker {
  private readonly options: Walk;
  private readonly judge: Judge<Evidence>;
  private readonly interval: number;
  private readonly shares: readonly number[];
  private evidence: Evidence;
  private t = 0;
  private stage = 0;
  private entered = 0;
  private served = 0;
  /** Intervals of this stage that were seen. */
  private got = 0;
  private exposed = 0;
  private last = 0;
  /** The last interval in which the candidate served anything. */
  private seen = 0;
  private held = 0;
  private waiting = 'soaking';
  private hearing = new Hearing();

  constructor(options: Walk) {
    this.options = options;
    this.judge = judgeOf(options.policy, options.plan);
    this.interval = duration.parse(options.policy.interval);
    const holdback = holdbackPercent(options.policy, options.perMinute);
    this.shares = options.plan.map((s) => (s.percent === 100 ? 100 - holdback : s.percent) / 100);
    this.evidence = options.evidence;
  }

  end(): WalkEnd {
    const { plan, policy, minute } = this.options;
    const maxHold = duration.parse(policy['max-hold']) / this.interval;
    for (;;) {
      const served = minute(this.t, this.shares[this.stage] as number);
      if (served === null) return this.ended('hold', `the recorded traffic ends; ${this.waiting}`);
      this.t += 1;
      if (served) {
        this.last = this.t;
        this.got += 1 - this.hearing.missed(served, this.shares[this.stage] as number);
        if (served.candidate.requests > 0) this.seen = this.t;
        this.served += served.candidate.requests;
        this.exposed += served.candidate.requests;
        const { evidence, alarm } = this.judge.observe(this.evidence, [served], {
          from: 0,
          to: 100 * (this.shares[this.stage] as number),
        });
        this.evidence = evidence;
        if (alarm)
          return { ...this.ended('rollback', `${alarm.guard}: ${alarm.reason}`), guard: alarm.guard };
      }
      const soak = (plan[this.stage] as Stage).soakMs / this.interval;
      if (this.t - this.entered < soak) continue;
      const why = this.blocked();
      if (why === undefined) {
        if (this.stage === plan.length - 1)
          return this.ended('complete', 'every stage soaked without an alarm');
        this.enter(soak);
        continue;
      }
      this.waiting = why;
      this.held += 1;
      if (this.held > maxHold)
        return this.ended('undecided', `held for ${policy['max-hold']} and still ${why}`);
    }
  }

  private enter(soak: number): void {
    this.entered = this.options.clock === 'plan' ? this.entered + soak : this.t;
    this.stage += 1;
    this.served = 0;
    this.got = 0;
    this.hearing = new Hearing();
    this.held = 0;
    this.waiting = 'soaking';
  }

  private blocked(): string | undefined {
    const { plan, policy } = this.options;
    const stale = duration.parse(policy['stale-after']) / this.interval;
    if (this.t - this.seen > stale)
      return `no request of the candidate was seen in the last ${policy['stale-after']}`;
    if (this.t !== this.last) return 'the newest interval was not seen';
    const soak = (plan[this.stage] as Stage).soakMs / this.interval;
    if (this.got < SEEN * soak) return `only ${this.got} of ${soak} intervals of this stage were seen`;
    if (this.served < policy['min-requests'])
      return `the candidate served ${this.served} requests in this stage, ${policy['min-requests']} are needed`;
    const doubt = this.judge.doubt(this.evidence, (this.t - this.entered) * this.interval);
    if (doubt !== undefined) return doubt;
    return this.stage === plan.length - 2 ? this.judge.unproven(this.evidence) : undefined;
  }

  private ended(decision: WalkEnd['decision'], reason: string): WalkEnd {
    this.options.ended?.(this.evidence);
    return { decision, minute: this.t, stage: this.stage + 1, exposed: this.exposed, reason };
  }
}
