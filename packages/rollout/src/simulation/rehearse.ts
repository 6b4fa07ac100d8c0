import { duration } from '@sluice/contract';
import { clopperPearsonUpper, Generator } from '@sluice/statistics';
import type { RoleMinute } from '../observations/minute.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy } from '../policy/policy.ts';
import type { SequentialEvidence } from '../sequential/evidence.ts';
import { proposalFrom, type StageOutlook, stageOutlooks } from './outlook.ts';
import { type Behaviour, boundsAround, drawMinute, type LatencyLaw } from './traffic.ts';
import { evidenceBefore, type WalkEnd, walk } from './walk.ts';

/** What the live version usually does. */
export interface Baseline {
  /** Share of failed requests, 0 to 1. */
  readonly errorShare: number;
  /** Absent: latency is not rehearsed. */
  readonly latency?: LatencyLaw;
}

/** Something that may be wrong with a candidate. */
export interface Fault {
  readonly name: string;
  readonly errorShare?: number;
  /** Every answer takes this many times as long. */
  readonly latencyTimes?: number;
  /** When it begins, ms after the start of the plan. */
  readonly from: number;
}

export interface RehearsalInput {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly requestsPerSecond: number;
  readonly baseline: Baseline;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Walks with an unchanged candidate; a fault gets a third of them. */
  readonly runs: number;
  /** The live version's real past; drawn from `baseline` where absent. */
  readonly history?: readonly RoleMinute[];
}

/** A median and the 90 % quantile, in minutes of the plan or requests. */
export interface Spread {
  readonly median: number;
  readonly p90: number;
}

export interface FaultOutlook {
  readonly fault: Fault;
  readonly runs: number;
  /** Share of the walks that ended in a rollback after the fault began. */
  readonly found: number;
  /** Share that completed with the fault. */
  readonly promoted: number;
  /** Minutes from the fault to the rollback, over the walks that found it; absent where none did. */
  readonly delay?: Spread;
  /** Requests that the candidate served from the start to the rollback. */
  readonly exposed?: Spread;
}

export interface Rehearsal {
  readonly runs: number;
  /** Walks of an unchanged candidate that were rolled back, with the 95 % upper bound of that chance. */
  readonly falseRollbacks: { readonly count: number; readonly share: number; readonly upper: number };
  /** Share of the unchanged candidates that complete, and in how many minutes. */
  readonly completes: { readonly share: number; readonly minutes?: Spread };
  readonly faults: readonly FaultOutlook[];
  readonly stages: readonly StageOutlook[];
  /** A plan whose stages can decide, where one of the given ones cannot. */
  readonly proposal?: Plan;
  /** What the judge says about its history and blocks. */
  readonly notes: readonly string[];
}

/** The faults of the documents: errors of 1, 3 and 10 %, answers that take twice as long. */
export const usualFaults = ({ latency }: Baseline): Fault[] => [
  ...[0.01, 0.03, 0.1].map((errorShare) => ({ name: `errors ${100 * errorShare} %`, errorShare, from: 0 })),
  ...(latency ? [{ name: 'latency x2', latencyTimes: 2, from: 0 }] : []),
];

const WEEK = 7 * 1440;

function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
  return { median: at(0.5), p90: at(0.9) };
}

/** Walks the policy through its plan many times on drawn traffic. The same seed gives the same answer. */
export function rehearse(input: RehearsalInput): Rehearsal {
  const { plan, policy, baseline, faults, runs } = input;
  const random = Generator.fromSeed(input.seed);
  const interval = duration.parse(policy.interval);
  const perInterval = (input.requestsPerSecond * interval) / 1000;
  const measured = input.history?.find((m) => m.live.latency)?.live.latency;
  const bounds = baseline.latency
    ? (measured?.bounds.filter(Number.isFinite) ?? boundsAround(baseline.latency.p99))
    : [];
  const well: Behaviour = baseline;
  const draw = (t: number, share: number, candidate: Behaviour) =>
    drawMinute(random, t * interval, perInterval, share, well, candidate, bounds);
  const history = input.history ?? Array.from({ length: WEEK }, (_, i) => draw(i - WEEK, 0, well));
  const evidence = evidenceBefore(policy, plan, history);

  const once = (fault: Fault | undefined): WalkEnd =>
    walk({
      plan,
      policy,
      evidence,
      perMinute: input.requestsPerSecond * 60,
      minute: (t, share) => draw(t, share, fault && t * interval >= fault.from ? worse(well, fault) : well),
      clock: 'soak',
    });

  const minutes = (n: number) => (n * interval) / 60_000;
  const unchanged = Array.from({ length: runs }, () => once(undefined));
  const completed = unchanged.filter((end) => end.decision === 'complete');
  const wrong = unchanged.filter((end) => end.decision === 'rollback').length;
  const took = spread(completed.map((end) => minutes(end.minute)));
  const stages = stageOutlooks(plan, policy, evidence, input.requestsPerSecond, baseline.errorShare);
  const proposal = proposalFrom(stages);
  return {
    runs,
    falseRollbacks: {
      count: wrong,
      share: wrong / runs,
      upper: wrong === runs ? 1 : clopperPearsonUpper(wrong, runs, 0.05),
    },
    completes: { share: completed.length / runs, ...(took ? { minutes: took } : {}) },
    faults: faults.map((fault) =>
      outlookOn(fault, Math.max(10, Math.round(runs / 3)), () => once(fault), interval),
    ),
    stages,
    ...(proposal ? { proposal } : {}),
    notes: evidence.kind === 'sequential' ? [...evidence.notes, ...notDrawn(evidence, baseline)] : [],
  };
}

/** Guards that the history has figures for and the simulation has not. */
function notDrawn({ guards }: SequentialEvidence, { latency }: Baseline): string[] {
  const drawn = (guard: string) =>
    guard === 'errors' || (latency && (guard === 'latency' || guard === 'slow'));
  const missing = Object.keys(guards).filter((guard) => !drawn(guard));
  return missing.length > 0 ? [`not rehearsed: ${missing.join(', ')}`] : [];
}

const worse = (well: Behaviour, { errorShare, latencyTimes }: Fault): Behaviour => ({
  errorShare: Math.max(well.errorShare, errorShare ?? 0),
  ...(well.latency ? { latency: { ...well.latency, p99: well.latency.p99 * (latencyTimes ?? 1) } } : {}),
});

function outlookOn(fault: Fault, runs: number, once: () => WalkEnd, interval: number): FaultOutlook {
  const ends = Array.from({ length: runs }, once);
  const start = fault.from / interval;
  const found = ends.filter((end) => end.decision === 'rollback' && end.minute > start);
  const delay = spread(found.map((end) => ((end.minute - start) * interval) / 60_000));
  const exposed = spread(found.map((end) => end.exposed));
  return {
    fault,
    runs,
    found: found.length / runs,
    promoted: ends.filter((end) => end.decision === 'complete').length / runs,
    ...(delay ? { delay } : {}),
    ...(exposed ? { exposed } : {}),
  };
}
