import { UserError } from '@sluice/contract';
import {
  detectableMean,
  itemsForMean,
  itemsToProveLimit,
  jointPower,
  limitPower,
  marginFor,
  nonInferiorityPower,
  type TestPlan,
} from '@sluice/statistics';
import { type GateSpec, type GatesDocument, gateName, isComparison, ruleOf } from '../gates/document.ts';
import { isJudgeMetric } from '../judge-model/judge-metrics.ts';
import { type Scores, scoresOf } from '../pair/pair.ts';
import { findSeries } from '../results/metric-name.ts';
import type { Results, Task } from '../results/results.ts';
import type { GatePlan, PlanCase } from './gate-plan.ts';
import { planJudged, planReview } from './plan-people.ts';

export interface Plan {
  readonly gates: readonly GatePlan[];
  /** The chance that all gates that need a proof are proven, by the middle assumption. */
  readonly jointPower: { readonly independent: number; readonly atLeast: number } | null;
}

/** Shares of items on which two 0/1-scored models differ: close relatives, a fine-tune, another model. */
const DISCORDANCE = [0.02, 0.1, 0.2];
/** Correlation of the scores of two models on the same items. */
const CORRELATION = [0.9, 0.7, 0.4];

/**
 * Says what gates can and cannot decide with the items of a baseline. How much the candidate will differ from it is not known
 * before it is evaluated, so three assumptions stand beside each other.
 * @throws UserError for a metric that the baseline has not
 */
export function planGates(document: GatesDocument, baseline: Results, confidence = 0.95): Plan {
  const alpha = 1 - (document.confidence ?? confidence);
  const plan: TestPlan = { alpha, power: document.power?.with ?? 0.8, sides: 1 };
  const review = planReview(document, plan);
  const gates = [
    ...document.gates.flatMap((gate) =>
      planOf({ ...gate, cluster: gate.cluster ?? document.cluster }, baseline, plan),
    ),
    ...(review ? [review] : []),
  ];
  const chances = gates.flatMap(({ cases }) => cases[Math.floor(cases.length / 2)]?.chance ?? []);
  return { gates, jointPower: chances.length > 0 ? jointPower(chances) : null };
}

function planOf(gate: GateSpec, baseline: Results, plan: TestPlan): GatePlan[] {
  const found = findSeries(baseline, gate.metric);
  if (!found) {
    if (isJudgeMetric(gate.metric)) return [planJudged(gate, baseline, plan)];
    if (!isComparison(gate)) {
      const name = gateName(gate);
      const sentence = `${name}: the baseline has no such metric; a measurement of the candidate decides, where one is given`;
      return [{ name, slice: null, items: 0, cases: [], sentence }];
    }
    throw new UserError(
      `${baseline.source} has no metric "${gate.metric}", so nothing can be planned for it`,
    );
  }
  const scores = scoresOf(found);
  const name = gateName(gate);
  if (!scores)
    return [
      {
        name,
        slice: null,
        items: 0,
        cases: [],
        sentence: `${name}: only averages are known, so nothing can be proven`,
      },
    ];
  return groupsOf(gate, found.task, scores).map(({ slice, values, clusters }) => {
    if (clusters !== null && clusters < FEWEST_CLUSTERS && needsProof(gate))
      return fewClusters(slice === null ? name : `${name} [${slice}]`, slice, values.length, clusters, gate);
    const cases = isComparison(gate)
      ? comparisonCases(gate, values, scores.binary, plan)
      : absoluteCases(gate, values, scores.binary, plan);
    const label = slice === null ? name : `${name} [${slice}]`;
    return {
      name: label,
      slice,
      items: values.length,
      cases,
      sentence: `${sentenceOf(gate, label, values.length, cases, plan)}${clusters === null || cases.length === 0 ? '' : `; they come in ${clusters} clusters, and this is said as if they were independent: it may be less`}`,
    };
  });
}

function groupsOf(
  gate: GateSpec,
  task: Task,
  { rows, values }: Scores,
): { slice: string | null; values: Float64Array; clusters: number | null }[] {
  const column = gate.per === undefined ? undefined : task.items?.slices.get(gate.per);
  const clustered = gate.cluster === undefined ? undefined : task.items?.slices.get(gate.cluster);
  const clustersOf = (of: Int32Array): number | null =>
    clustered === undefined ? null : new Set(of.map((row) => clustered.code(row))).size;
  const own = rows.subarray(0, values.length);
  if (!column) return [{ slice: null, values, clusters: clustersOf(own) }];
  return column.labels.map((slice, code) => ({
    slice,
    values: values.filter((_, i) => column.code(rows[i] as number) === code),
    clusters: clustersOf(own.filter((row) => column.code(row) === code)),
  }));
}

/** With fewer the gate is undecided, whatever the scores are. */
const FEWEST_CLUSTERS = 5;

function needsProof(gate: GateSpec): boolean {
  return isComparison(gate) || gate.proven === true;
}

function fewClusters(
  name: string,
  slice: string | null,
  items: number,
  clusters: number,
  gate: GateSpec,
): GatePlan {
  const none = { provable: null, detectable: null, chance: isProven(gate) ? 0 : null, itemsNeeded: null };
  return {
    name,
    slice,
    items,
    cases: [{ assumed: `the items come in ${clusters} clusters`, ...none }],
    sentence: `${name}: nothing can be decided, the ${items} items come in ${clusters === 1 ? '1 cluster' : `${clusters} clusters`} (${gate.cluster}); ${FEWEST_CLUSTERS} are the fewest`,
  };
}

function comparisonCases(gate: GateSpec, values: Float64Array, binary: boolean, plan: TestPlan): PlanCase[] {
  const margin = gate.margin ?? 0;
  const n = values.length;
  const spread = varianceOf(values);
  const assumptions = binary
    ? DISCORDANCE.map((share) => ({
        assumed: `${100 * share} % of the items are answered differently`,
        variance: share,
      }))
    : CORRELATION.map((r) => ({ assumed: `scores correlate at ${r}`, variance: 2 * spread * (1 - r) }));
  // whatever the answers are, n identical pairs prove no margin under this
  const least = binary && n > 0 ? 1 - plan.alpha ** (1 / n) : 0;
  const fewest =
    binary && margin > 0 && margin < 1 ? Math.ceil(Math.log(plan.alpha) / Math.log(1 - margin)) : 0;
  return assumptions.map(({ assumed, variance }) => {
    if (!(variance > 0) || n === 0)
      return { assumed, provable: null, detectable: null, chance: null, itemsNeeded: null };
    const aim = margin > 0 ? margin : null;
    return {
      assumed,
      provable: Math.max(least, marginFor(n, variance, plan)),
      detectable: detectableMean(n, variance, plan),
      chance:
        aim && ruleOf(gate) === 'not-worse-than' && isProven(gate)
          ? aim < least
            ? 0
            : nonInferiorityPower(n, { discordance: variance, difference: 0 }, aim, plan.alpha)
          : null,
      itemsNeeded: aim ? Math.max(fewest, Math.ceil(itemsForMean(variance, aim, plan))) : null,
    };
  });
}

/** A share that must be proven: exact, and only where the gate asks for a proof. */
function absoluteCases(gate: GateSpec, values: Float64Array, binary: boolean, plan: TestPlan): PlanCase[] {
  if (!gate.proven || !binary || values.length === 0) return [];
  const share = values.reduce((sum, v) => sum + v, 0) / values.length;
  const limit = (gate['at-most'] ?? 1 - (gate['at-least'] as number)) as number;
  const events = gate['at-most'] === undefined ? 1 - share : share;
  if (!(limit > 0 && limit < 1)) return [];
  const confidence = 1 - plan.alpha;
  return [
    {
      assumed: `the true share is the baseline's, ${Number(share.toPrecision(3))}`,
      provable: null,
      detectable: null,
      chance: limitPower(values.length, limit, events, confidence),
      itemsNeeded: itemsForLimit(limit, events, plan),
    },
  ];
}

/** A comparison is proven, but that of slices, which pass unless a loss is shown. */
function isProven(gate: GateSpec): boolean {
  return gate.proven ?? gate.per === undefined;
}

/** The fewest items that prove "share <= limit" with the wanted power when the true share is `share`; null: no number does. */
function itemsForLimit(limit: number, share: number, { alpha, power }: TestPlan): number | null {
  if (share >= limit) return null;
  const enough = (items: number): boolean => limitPower(items, limit, share, 1 - alpha) >= power;
  let high = itemsToProveLimit(limit, 0, 1 - alpha);
  while (!enough(high) && high < MOST_ITEMS) high *= 2;
  if (!enough(high)) return null;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const MOST_ITEMS = 1_000_000;

function sentenceOf(
  gate: GateSpec,
  name: string,
  items: number,
  cases: readonly PlanCase[],
  plan: TestPlan,
): string {
  const middle = cases[Math.floor(cases.length / 2)];
  if (!middle) return `${name}: the estimate of ${items} items decides`;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const needed =
    middle.itemsNeeded === null
      ? ''
      : `; ${middle.itemsNeeded.toLocaleString('en-US')} items are needed for ${percent(plan.power)}`;
  const margin =
    middle.provable === null
      ? ''
      : `; they could prove a margin of ${Number(middle.provable.toPrecision(2))}`;
  if (gate.margin !== undefined && isComparison(gate) && !isProven(gate) && middle.detectable !== null)
    return `${name}: passes unless a loss over the margin is shown, and ${items} items show one of ${Number((gate.margin + middle.detectable).toPrecision(2))} with a chance of ${percent(plan.power)} when ${middle.assumed}${margin}, and ${middle.itemsNeeded?.toLocaleString('en-US')} items would prove the one that is asked for`;
  if (middle.chance !== null)
    return `${name}: ${items} items prove it with a chance of ${percent(middle.chance)} when ${middle.assumed}${isComparison(gate) ? ' and nothing got worse' : ''}${needed}${isComparison(gate) ? margin : ''}`;
  if (middle.detectable !== null)
    return `${name}: ${items} items show a difference of ${Number(middle.detectable.toPrecision(2))} with a chance of ${percent(plan.power)} when ${middle.assumed}`;
  return `${name}: nothing can be said of ${items} items`;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, values.length - 1);
}
