import { parsePlan, type WalkEnd } from '@sluice/rollout';
import { clopperPearsonUpper, Generator } from '@sluice/statistics';
import type { Contender, Served } from './contender.ts';
import { referenceMedian } from './reference.ts';
import { ERRORS, PLAN, PLAN_MINUTES, type Scenario } from './scenario.ts';
import { Traffic } from './traffic.ts';
import { waldRequests } from './wald.ts';

/** One contender in one scenario at one load. Minutes, requests and shares. */
export interface CellResult {
  readonly contender: string;
  readonly scenario: string;
  readonly rate: number;
  readonly runs: number;
  /** Rollbacks without, or before, a fault; upper end of the one-sided 95 % interval. */
  readonly falseRollbacks: number;
  readonly falseUpper: number;
  /** Share that completed within 1.25 times the plan. */
  readonly completed: number;
  readonly medianCompletion: number | null;
  /** Only with a fault: rollbacks after it began. */
  readonly found?: number;
  readonly medianDelay?: number | null;
  readonly p90Delay?: number | null;
  /** Requests of the candidate from the fault to the rollback. */
  readonly medianExposed?: number | null;
  /** Those over Wald's bound at alpha 1 %, where the plan can decide before 100 %. */
  readonly timesWald?: number | null;
  readonly timesWaldMean?: number | null;
  /** The delay over the reference judge's. */
  readonly timesReference?: number | null;
}

const ALPHA = 0.01;
const PLAN_STAGES = parsePlan(PLAN);

function quantileOf(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
  return Number.isFinite(value) ? value : null;
}

export function runCell(
  contender: Contender,
  scenario: Scenario,
  rate: number,
  runs: number,
  seed: number,
  look = 1,
): CellResult {
  const from = scenario.fault ?? Number.POSITIVE_INFINITY;
  let [wrong, done] = [0, 0];
  const [ends, delays, exposures]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < runs; i++) {
    const random = Generator.fromSeed(seed * 1_000_003 + i);
    const traffic = new Counted(new Traffic(scenario, rate, random), from);
    const end = seenAt(look, contender.run(traffic, rate, random), traffic);
    if (end.decision === 'complete') {
      done += 1;
      ends.push(end.minute);
    }
    if (end.decision === 'rollback' && end.minute <= from) wrong += 1;
    else if (scenario.fault !== undefined) {
      delays.push(end.decision === 'rollback' ? end.minute - from : Number.POSITIVE_INFINITY);
      exposures.push(end.decision === 'rollback' ? traffic.exposed : Number.POSITIVE_INFINITY);
    }
  }
  const base = {
    contender: contender.name,
    scenario: scenario.name,
    rate,
    runs,
    falseRollbacks: wrong / runs,
    falseUpper: clopperPearsonUpper(wrong, runs, 0.05),
    completed: done / runs,
    medianCompletion: quantileOf(ends, 0.5),
  };
  if (scenario.fault === undefined) return base;
  const found = delays.filter(Number.isFinite);
  const medianDelay = quantileOf(delays, 0.5);
  const medianExposed = quantileOf(exposures, 0.5);
  const wald = scenario.errors ? waldRequests(scenario.errors, ERRORS, ALPHA) : undefined;
  const decidable =
    wald !== undefined && scenario.fault < 300 && wald < servedBefore100(rate, scenario.fault);
  const reached = exposures.filter(Number.isFinite);
  const reference = referenceMedian(scenario.name, rate);
  return {
    ...base,
    found: delays.length === 0 ? 0 : found.length / delays.length,
    medianDelay,
    p90Delay: quantileOf(delays, 0.9),
    medianExposed,
    timesWald: decidable && medianExposed !== null ? medianExposed / wald : null,
    timesWaldMean:
      decidable && reached.length === exposures.length
        ? reached.reduce((a, b) => a + b, 0) / reached.length / wald
        : null,
    timesReference: reference !== undefined && medianDelay !== null ? medianDelay / reference : null,
  };
}

/** A rollback is carried out at the next look; until then the candidate goes on serving. */
function seenAt(look: number, end: WalkEnd, traffic: Counted): WalkEnd {
  if (end.decision !== 'rollback') return end;
  const minute = Math.ceil(end.minute / look) * look;
  const share = (PLAN_STAGES[end.stage - 1]?.percent ?? 100) / 100;
  for (let t = end.minute; t < minute; t++) traffic.minute(t, share);
  return { ...end, minute };
}

/** Requests of the candidate from minute `from` until the last stage. */
function servedBefore100(rate: number, from: number): number {
  const share = (t: number) => (t < 60 ? 0.01 : t < 180 ? 0.05 : 0.25);
  let sum = 0;
  for (let t = from; t < Math.min(300, PLAN_MINUTES); t++) sum += 60 * rate * share(t);
  return sum;
}

/** Counts what the candidate served since the fault began. */
class Counted implements Served {
  exposed = 0;
  private readonly traffic: Traffic;
  private readonly from: number;

  constructor(traffic: Traffic, from: number) {
    this.traffic = traffic;
    this.from = from;
  }

  history() {
    return this.traffic.history();
  }

  minute(t: number, share: number) {
    const minute = this.traffic.minute(t, share);
    if (t >= this.from) this.exposed += minute.candidate.requests;
    return minute;
  }
}
