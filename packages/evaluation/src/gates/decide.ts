import { type Decision, nearest, UserError } from '@sluice/contract';
import { jointPower } from '@sluice/statistics';
import type { Look } from '../early/look.ts';
import { taskBehind } from '../judge-model/judge-metrics.ts';
import type { Leakage } from '../leakage/leakage.ts';
import { comparabilityOf } from '../pair/comparability.ts';
import { findSeries, listed, seriesNames } from '../results/metric-name.ts';
import type { Results } from '../results/results.ts';
import { summarizeReview } from '../review/count/summary.ts';
import type { Review } from '../review/ratings/review.ts';
import { absolute, measured } from './absolute.ts';
import { agreed } from './agreed.ts';
import { compare } from './comparison.ts';
import type { GateContext } from './context.ts';
import {
  type GateSpec,
  type GatesDocument,
  isComparison,
  reviewRule,
  reviewSpec,
  ruleOf,
} from './document.ts';
import type { Evidence } from './evidence.ts';
import { decideGates, overall } from './family.ts';
import { powerOfUndecided } from './items-needed.ts';
import { leaked } from './leaked.ts';
import { leftOutNotes } from './left-out.ts';
import type { GateOutcome, GateReport } from './outcome.ts';
import { repeatsSentence } from './repeats.ts';
import { reviewed } from './reviewed.ts';
import { boundsOfOtherScale, marginsOfOtherScale } from './scale.ts';
import { reasonOf, verdictSentence } from './words.ts';

/** What gates are judged on. */
export interface Judged {
  readonly document: GatesDocument;
  readonly candidate: Results;
  readonly baseline: Results | null;
  /** What a gate on a baseline says when there is none: reject, or be left out. */
  readonly withoutBaseline?: 'reject' | 'skip';
  readonly measurements?: ReadonlyMap<string, number>;
  /** What was found of the evaluation in the training data; needed where the document has `leakage`. */
  readonly leakage?: Leakage;
  /** What people said of a sample; needed where the document has `review`. */
  readonly review?: Review;
  /** Where only a random part of the items was evaluated so far. */
  readonly look?: Look;
  /** Where the document says nothing. */
  readonly confidence?: number;
}

const CONFIDENCE = 0.95;
const POWER = 0.8;

/**
 * Judges a candidate by its gates.
 * @throws UserError for a metric that is nowhere, or that may mean several
 */
export async function decide(judged: Judged): Promise<GateReport> {
  const { document, candidate, baseline } = judged;
  const confidence = document.confidence ?? judged.confidence ?? CONFIDENCE;
  const alpha = 1 - confidence;
  const measurements = judged.measurements ?? new Map<string, number>();
  requireKnown(document, candidate, measurements);
  const sides = document.gates.map((gate) => findSeries(candidate, gate.metric));
  const compared = document.gates.flatMap((gate, i) =>
    isComparison(gate) && sides[i] ? [sides[i].task.name, taskBehind(sides[i].task.name)] : [],
  );
  const comparability = baseline
    ? await comparabilityOf(candidate, baseline, [...new Set(compared)], document, judged.look !== undefined)
    : { comparable: true, reasons: [], firstDifference: null };
  const context: GateContext = {
    document,
    candidate,
    baseline,
    withoutBaseline: judged.withoutBaseline ?? 'reject',
    measurements,
    comparability,
    look: judged.look ?? null,
    alpha,
    plan: { alpha, power: document.power?.with ?? POWER, sides: 1 },
    family: document.gates.reduce(
      (sum, gate, i) =>
        sum + (gate.per ? (sides[i]?.task.items?.slices.get(gate.per)?.labels.length ?? 1) : 1),
      0,
    ),
  };
  const notes: string[] = [];
  const asked: (GateSpec | undefined)[] = [...document.gates];
  const evidence = document.gates.flatMap((gate, i) => {
    const side = sides[i];
    const found = evidenceOf(context, gate, i, notes);
    return side ? found.map((e) => agreed(context, gate, side, judged.review, e)) : found;
  });
  if (document.leakage) {
    evidence.push(leaked(document.leakage['at-most'], asked.length, judged.leakage));
    asked.push(undefined);
  }
  const review = document.review && reviewSpec(document.review);
  if (document.review && review && !leftOut(context, review, notes)) {
    evidence.push(await reviewed(context, document.review, asked.length, judged.review));
    asked.push(review);
  }
  const { decisions } = decideGates(evidence, alpha);
  const weak = decisions.map((decision, i) => weakened(document, evidence[i] as Evidence, decision));
  const gates = evidence.map((e, i) => outcomeOf(asked[e.gate], e, weak[i] as Weakened, context));
  const decision = overall(gates.map((gate) => gate.decision));
  const chances = evidence.flatMap((e) =>
    e.verdict.kind === 'prove' && e.power?.chance != null ? [e.power.chance] : [],
  );
  return {
    decision,
    sentence: verdictSentence(decision, gates),
    gates,
    confidence,
    comparability,
    jointPower: chances.length > 0 ? jointPower(chances) : null,
    review: judged.review ? summarizeReview(judged.review, reviewRule(document), 2 * confidence - 1) : null,
    notes: [
      ...notes,
      ...(context.look ? [] : leftOutNotes(evidence)),
      ...boundsOfOtherScale(document.gates, evidence),
      ...marginsOfOtherScale(document.gates, evidence),
      ...repeatsNotes(evidence),
      ...sourceNotes(candidate, baseline),
    ],
  };
}

/** The report with other outcomes of its gates, its decision and sentence following from them. */
export function reportWith(report: GateReport, gates: GateReport['gates']): GateReport {
  const decision = overall(gates.map((gate) => gate.decision));
  return { ...report, gates, decision, sentence: verdictSentence(decision, gates) };
}

function evidenceOf(context: GateContext, gate: GateSpec, index: number, notes: string[]): Evidence[] {
  const found = findSeries(context.candidate, gate.metric);
  if (!found) return [measured(gate, index, measurement(context.measurements, gate.metric) as number)];
  if (!isComparison(gate)) return absolute(context, gate, index, found);
  return leftOut(context, gate, notes) ? [] : compare(context, gate, index, found);
}

/** Whether a comparison is left out because there is nothing yet to compare with. */
function leftOut(context: GateContext, gate: GateSpec, notes: string[]): boolean {
  if (context.baseline || context.withoutBaseline !== 'skip' || !isComparison(gate)) return false;
  notes.push(
    `${gate.metric} ${ruleOf(gate).replaceAll('-', ' ')} baseline was left out: there is no baseline yet`,
  );
  return true;
}

/** A measurement by its name; `latency_p99_ms` and `latency-p99-ms` are the same. */
function measurement(measurements: ReadonlyMap<string, number>, name: string): number | undefined {
  return measurements.get(spellings(measurements, name)[0] ?? '');
}

function spellings(measurements: ReadonlyMap<string, number>, name: string): string[] {
  const plain = (s: string): string => s.toLowerCase().replaceAll('_', '-');
  return [...measurements.keys()].filter((key) => plain(key) === plain(name));
}

/** A misspelt metric must not be a gate that never fires. */
function requireKnown(
  document: GatesDocument,
  candidate: Results,
  measurements: ReadonlyMap<string, number>,
): void {
  const problems: string[] = [];
  const series = seriesNames(candidate);
  const short = candidate.tasks.flatMap((task) => task.series.map((s) => s.metric));
  for (const [i, gate] of document.gates.entries()) {
    const inResults = findSeries(candidate, gate.metric) !== null;
    const inMeasurements = measurement(measurements, gate.metric) !== undefined;
    const [one, other] = spellings(measurements, gate.metric);
    if (one !== undefined && other !== undefined && measurements.get(one) !== measurements.get(other))
      problems.push(
        `gate ${i + 1}: the measurements hold "${one}" (${measurements.get(one)}) and "${other}" (${measurements.get(other)}), which are one name; leave one of them out`,
      );
    if (inResults && inMeasurements)
      problems.push(
        `gate ${i + 1}: "${gate.metric}" is both in the results and in the measurements; write the results' one as task/metric`,
      );
    if (inResults || (inMeasurements && !isComparison(gate))) continue;
    if (inMeasurements) {
      problems.push(
        `gate ${i + 1}: "${gate.metric}" is a measurement, which has no baseline; use at-least or at-most`,
      );
      continue;
    }
    const near = nearest(gate.metric, [...series, ...short, ...measurements.keys()]);
    const known = listed([...series, ...measurements.keys()]);
    problems.push(
      `gate ${i + 1}: there is no metric "${gate.metric}"${near ? `; did you mean "${near}"?` : '.'} ${known === '' ? 'The results hold no figures at all' : `There are ${known}`}${measurements.size === 0 ? '. Latency and memory come from `measurements`, which are not given' : ''}`,
    );
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}

interface Weakened {
  readonly decision: Decision;
  readonly because: string | null;
}

/** `power:` turns what passed without proof into its `otherwise`, where the data could not have shown the harm. */
function weakened(document: GatesDocument, evidence: Evidence, decision: Decision): Weakened {
  const { power } = document;
  const detects = evidence.datasetDetects;
  if (!power || decision !== 'approve' || evidence.verdict.kind !== 'not-shown-worse')
    return { decision, because: null };
  if (detects != null && detects <= power.detect) return { decision, because: null };
  const most = detects == null ? 'nothing' : `a difference of ${Number(detects.toPrecision(3))}`;
  const because = `the data set shows ${most} at best with power ${power.with}, and ${power.detect} is asked for`;
  return { decision: power.otherwise, because };
}

function outcomeOf(
  gate: GateSpec | undefined,
  evidence: Evidence,
  { decision, because }: Weakened,
  { alpha, plan }: Pick<GateContext, 'alpha' | 'plan'>,
): GateOutcome {
  const open = gate !== undefined && decision === 'undecided';
  const power = open ? powerOfUndecided(gate, evidence, plan) : evidence.power;
  const { verdict: _, datasetDetects: __, ...rest } = { ...evidence, power };
  return {
    ...rest,
    decision,
    reason: because ?? reasonOf(gate, { ...evidence, power }, decision, 1 - alpha),
  };
}

function repeatsNotes(evidence: readonly Evidence[]): string[] {
  const sentences = evidence.flatMap(({ metric, repeats }) =>
    repeats ? [repeatsSentence(metric, repeats)] : [],
  );
  return [...new Set(sentences)];
}

function sourceNotes(candidate: Results, baseline: Results | null): string[] {
  return [
    ...candidate.notes.map((note) => `candidate: ${note}`),
    ...(baseline?.notes ?? []).map((note) => `baseline: ${note}`),
  ];
}
