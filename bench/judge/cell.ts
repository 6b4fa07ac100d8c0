import { clopperPearsonInterval } from '@sluice/statistics';
import type { Contender } from './contender.ts';
import { referenceMedian } from './reference.ts';
import { ERRORS, PLAN_MINUTES, type Scenario } from './scenario.ts';
import { waldRequests } from './wald.ts';
import type { Outcome } from './walks.ts';

/** One contender in one scenario at one load. Minutes, requests and shares. */
export interface CellResult {
  readonly contender: string;
  readonly scenario: string;
  readonly rate: number;
  readonly runs: number;
  /** Rollbacks without, or before, a fault. */
  readonly falseRollbacks: number;
  readonly falseCount: number;
  /** The exact 95 % interval of their share. */
  readonly falseInterval: { readonly lower: number; readonly upper: number };
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

function quantileOf(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
  return Number.isFinite(value) ? value : null;
}

/** What the walks of one cell say together. */
export function cellOf(
  contender: Contender,
  scenario: Scenario,
  rate: number,
  outcomes: readonly Outcome[],
): CellResult {
  const from = scenario.fault ?? Number.POSITIVE_INFINITY;
  const runs = outcomes.length;
  const early = outcomes.filter((o) => o.decision === 'rollback' && o.minute <= from);
  const wrong = early.length;
  const ends = outcomes.filter((o) => o.decision === 'complete').map((o) => o.minute);
  const judged = scenario.fault === undefined ? [] : outcomes.filter((o) => !early.includes(o));
  const orNever = (o: Outcome, value: number) =>
    o.decision === 'rollback' ? value : Number.POSITIVE_INFINITY;
  const delays = judged.map((o) => orNever(o, o.minute - from));
  const exposures = judged.map((o) => orNever(o, o.exposed));
  const base = {
    contender: contender.name,
    scenario: scenario.name,
    rate,
    runs,
    falseRollbacks: wrong / runs,
    falseCount: wrong,
    falseInterval: clopperPearsonInterval(wrong, runs, 0.95),
    completed: ends.length / runs,
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

/** Requests of the candidate from minute `from` until the last stage. */
function servedBefore100(rate: number, from: number): number {
  const share = (t: number) => (t < 60 ? 0.01 : t < 180 ? 0.05 : 0.25);
  let sum = 0;
  for (let t = from; t < Math.min(300, PLAN_MINUTES); t++) sum += 60 * rate * share(t);
  return sum;
}
