import {
  evidenceBefore,
  type Plan,
  type Policy,
  parsePlan,
  parsePolicy,
  type RoleMinute,
  type WalkEnd,
  walk,
} from '@sluice/rollout';
import type { Generator } from '@sluice/statistics';
import { argo } from './rivals/argo.ts';
import { flagger } from './rivals/flagger.ts';
import { kayenta } from './rivals/kayenta.ts';
import type { Rival } from './rivals/rival.ts';
import { PLAN } from './scenario.ts';
import type { Traffic } from './traffic.ts';

/** A judge that takes part: it is walked through the plan on drawn traffic. */
export interface Contender {
  readonly name: string;
  /** Its false rollbacks are held to 1 % in every scenario. */
  readonly honest: boolean;
  readonly run: (traffic: Served, rate: number, random: Generator) => WalkEnd;
}

/** What a contender may see. */
export type Served = Pick<Traffic, 'history' | 'minute'>;

const plan: Plan = parsePlan(PLAN);
/** A rollout may hold; what has not ended by then counts as held. */
const END = 1.25;
const planMinutes = plan.reduce((sum, s) => sum + s.soakMs, 0) / 60_000;

function ours(name: string, text: string, honest: boolean, past = true): Contender {
  const policy: Policy = parsePolicy(text);
  return {
    name,
    honest,
    run: (traffic, rate) =>
      walk({
        plan,
        policy,
        evidence: evidenceBefore(policy, plan, past ? traffic.history() : []),
        perMinute: 60 * rate,
        minute: (t, share) => (t >= END * planMinutes ? null : traffic.minute(t, share)),
        clock: 'soak',
      }),
  };
}

const shares = plan.flatMap((s) => new Array<number>(s.soakMs / 60_000).fill(s.percent / 100));
const stageAt = (t: number) => shares.slice(0, t).filter((s, i) => s !== shares[i - 1]).length;

/** A rule that only rolls back; the plan's clock does the rest. */
function rival(name: string, make: (random: Generator) => Rival): Contender {
  return {
    name,
    honest: false,
    run: (traffic, _, random) => {
      const rule = make(random);
      let exposed = 0;
      for (let t = 0; t < shares.length; t++) {
        const minute: RoleMinute = traffic.minute(t, shares[t] as number);
        exposed += minute.candidate.requests;
        if (rule(minute))
          return { decision: 'rollback', minute: t + 1, stage: stageAt(t + 1), exposed, reason: name };
      }
      return { decision: 'complete', minute: shares.length, stage: plan.length, exposed, reason: '' };
    },
  };
}

export const CONTENDERS: readonly Contender[] = [
  ours('sequential', 'sequential', true),
  // the holdback of the reference judge
  ours('sequential, errors alone', '{kind: sequential, guards: [errors], holdback: 5}', true),
  ours('sequential, independent', '{kind: sequential, guards: [errors], assume: independent}', false),
  ours('sequential, no history', '{kind: sequential, guards: [errors], holdback: 5}', false, false),
  ours('classic', 'classic', false, false),
  rival('Argo, >= 95 %', () => argo(0.95)),
  rival('Argo, >= 99 %', () => argo(0.99)),
  rival('Flagger, threshold 5', () => flagger(5)),
  rival('Flagger, threshold 10', () => flagger(10)),
  rival('Kayenta, hourly', (random) => kayenta(random)),
];
