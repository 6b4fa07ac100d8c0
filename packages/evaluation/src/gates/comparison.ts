import { countPairs, detectableMean } from '@sluice/statistics';
import { type Look, sharesAtLook } from '../early/look.ts';
import { type CorpusPairs, pair, pairCorpora, type Side, scoresOf } from '../pair/pair.ts';
import type { CorpusColumn } from '../results/corpus-column.ts';
import { findSeries, nameOf } from '../results/metric-name.ts';
import { clustersOf, type GateContext, pick, slicesOf } from './context.ts';
import { directionOf } from './direction.ts';
import { type GateSpec, gateName, ruleOf } from './document.ts';
import { type Evidence, itemsMissing, noEvidence } from './evidence.ts';
import type { Unused } from './outcome.ts';
import { powerOf } from './power.ts';
import { repeatsSplit } from './repeats.ts';
import { otherScale } from './scale.ts';
import { choosePaired, type PairedData } from './tests/choose.ts';
import { corpusDifference, figureOf } from './tests/corpus.ts';
import { welchTest } from './tests/means.ts';
import type { Test, TestOptions, TestResult } from './tests/test.ts';

/** The evidence on a gate that compares with the baseline, one entry a slice. */
export function compare(context: GateContext, gate: GateSpec, index: number, candidate: Side): Evidence[] {
  const about = {
    name: gateName(gate),
    gate: index,
    metric: nameOf(candidate.series),
    slice: null,
    threshold: 0,
  };
  if (!context.baseline) {
    return [
      { ...noEvidence(about, ''), verdict: { kind: 'estimate', holds: false }, test: 'there is no baseline' },
    ];
  }
  const baseline = findSeries(context.baseline, gate.metric);
  if (!baseline) return [noEvidence(about, `the baseline ${context.baseline.source} has no ${gate.metric}`)];
  const cut = cutShort(candidate, baseline);
  if (cut) return [noEvidence(about, cut)];
  if (!context.comparability.comparable) {
    return [
      noEvidence(about, `not comparable with the baseline: ${context.comparability.reasons.join('; ')}`),
    ];
  }
  const corpora = pairCorpora(candidate, baseline);
  if (corpora) return compareCorpora(context, gate, about, { candidate, baseline }, corpora);
  const pairs = pair(candidate, baseline);
  if (!pairs)
    return [
      noEvidence(
        about,
        'one of the sides holds averages only, no scores of items, so nothing can be compared',
      ),
    ];
  const direction = directionOf(
    gate,
    candidate.series.metric,
    candidate.series.higherIsBetter ?? baseline.series.higherIsBetter,
  );
  const missing = missingReason(context, pairs);
  if (missing) return [noEvidence({ ...about, unused: unusedOf(pairs), n: pairs.rows.length }, missing)];
  if (pairs.rows.length === 0 && context.document.dataset === 'may-differ') {
    return [unpaired(context, gate, about, { candidate, baseline }, direction)];
  }
  const scale = direction > 0 ? otherScale(pairs.candidate, pairs.baseline) : null;
  if (scale)
    return [noEvidence({ ...about, n: pairs.rows.length }, `not comparable with the baseline: ${scale}`)];
  const clusters = clustersOf(context, gate, candidate.task, pairs.rows);
  const options = { alpha: context.alpha, test: gate.test ?? 'auto', family: context.family };
  const whole = context.document.power ? choosePaired({ ...pairs, clusters }, options) : null;
  const datasetDetects =
    whole?.kind === 'test' ? detectableMean(pairs.rows.length, whole.itemVariance, context.plan) : null;
  return slicesOf(context, gate, candidate.task, pairs.rows).map(({ label, positions }) => {
    const mine = label === null ? about : { ...about, name: `${about.name} [${label}]`, slice: label };
    if (positions.length === 0)
      return noEvidence(
        mine,
        label === null
          ? 'no item of the candidate is in the baseline'
          : `no item pairs in ${gate.per} ${label}`,
      );
    const data = {
      candidate: pick(pairs.candidate, positions),
      baseline: pick(pairs.baseline, positions),
      binary: pairs.binary,
      clusters: clusters && pick(clusters, positions),
    };
    const test = context.look ? atLook(data, context.look, options) : choosePaired(data, options);
    const figures = {
      candidate: mean(data.candidate),
      baseline: mean(data.baseline),
      n: positions.length,
      unused: unusedOf(pairs),
    };
    const split = label === null ? repeatsSplit(pairs) : null;
    return {
      ...judgeDifference(context, gate, { ...mine, ...figures }, test, direction),
      datasetDetects,
      ...(split ? { repeats: split } : {}),
    };
  });
}

/** Corpus figures are compared as a whole: both sides are resampled together. */
function compareCorpora(
  context: GateContext,
  gate: GateSpec,
  about: Omit<About, 'candidate' | 'baseline' | 'n' | 'unused'>,
  { candidate, baseline }: { readonly candidate: Side; readonly baseline: Side },
  pairs: CorpusPairs,
): Evidence[] {
  const [mine, theirs] = [candidate.series.corpus as CorpusColumn, baseline.series.corpus as CorpusColumn];
  const missing = missingReason(context, { ...pairs, rows: pairs.candidate });
  if (missing) return [noEvidence({ ...about, n: pairs.candidate.length }, missing)];
  const direction = directionOf(
    gate,
    candidate.series.metric,
    candidate.series.higherIsBetter ?? baseline.series.higherIsBetter,
  );
  const options = { alpha: context.alpha, test: 'bootstrap', family: context.family } as const;
  return slicesOf(context, gate, candidate.task, pairs.candidate).map(({ label, positions }) => {
    const named = label === null ? about : { ...about, name: `${about.name} [${label}]`, slice: label };
    if (positions.length === 0) return noEvidence(named, 'no item pairs');
    const rows = { candidate: pick(pairs.candidate, positions), baseline: pick(pairs.baseline, positions) };
    const figures = {
      candidate: figureOf(mine, rows.candidate),
      baseline: figureOf(theirs, rows.baseline),
      n: positions.length,
      unused: unusedOf(pairs),
    };
    return judgeDifference(
      context,
      gate,
      { ...named, ...figures },
      corpusDifference(mine, theirs, rows, options),
      direction,
    );
  });
}

/** Part of the items: only 0/1 scores have tests that may be asked several times. */
function atLook({ candidate, baseline, binary }: PairedData, look: Look, options: TestOptions): TestResult {
  if (binary) return sharesAtLook(countPairs(candidate, baseline), look, options);
  return {
    kind: 'undecided',
    reason: 'undefined-statistic',
    message: 'the scores are not all 0 or 1, so nothing can be decided before all items are evaluated',
  };
}

type About = Pick<
  Evidence,
  'name' | 'gate' | 'metric' | 'slice' | 'threshold' | 'candidate' | 'baseline' | 'n' | 'unused'
>;

/** Asks a test what the gate asks, with the sign turned where a lower figure is better. */
export function judgeDifference(
  { plan }: Pick<GateContext, 'plan'>,
  gate: GateSpec,
  about: About,
  test: TestResult,
  direction: 1 | -1,
): Evidence {
  if (test.kind === 'undecided') return noEvidence({ ...about, estimate: difference(about) }, test.message);
  const margin = gate.margin ?? 0;
  const rule = ruleOf(gate);
  const bound = rule === 'better-than' ? margin : -margin;
  const above = (b: number): number => (direction > 0 ? test.above(b) : test.below(-b));
  const below = (b: number): number => (direction > 0 ? test.below(b) : test.above(-b));
  const equivalence = rule === 'equivalent-to';
  const pHolds = equivalence ? Math.max(above(-margin), below(margin)) : above(bound);
  const pViolated = equivalence ? Math.min(1, 2 * Math.min(below(-margin), above(margin))) : below(bound);
  const proven = gate.proven ?? gate.per === undefined;
  return {
    ...about,
    threshold: direction * bound,
    estimate: test.estimate,
    interval: test.interval,
    test: test.name,
    pHolds,
    pViolated,
    power: Number.isNaN(test.itemVariance)
      ? null
      : powerOf({
          items: about.n,
          variance: test.itemVariance,
          difference: direction * test.estimate,
          bound,
          plan,
        }),
    verdict: { kind: proven || equivalence || rule === 'better-than' ? 'prove' : 'not-shown-worse' },
  };
}

function unpaired(
  context: GateContext,
  gate: GateSpec,
  about: Omit<About, 'candidate' | 'baseline' | 'n' | 'unused'>,
  sides: { candidate: Side; baseline: Side },
  direction: 1 | -1,
): Evidence {
  const a = scoresOf(sides.candidate)?.values ?? new Float64Array();
  const b = scoresOf(sides.baseline)?.values ?? new Float64Array();
  const scale = direction > 0 ? otherScale(a, b) : null;
  if (scale) return noEvidence(about, `not comparable with the baseline: ${scale}`);
  const test: Test | { kind: 'undecided'; message: string; reason: 'no-data' } =
    gate.per === undefined
      ? (welchTest(a, b, { alpha: context.alpha, test: 'auto', family: context.family }) as Test)
      : {
          kind: 'undecided',
          reason: 'no-data',
          message: 'no item pairs, and slices are compared by pairs only',
        };
  const unused = { onlyInCandidate: a.length, onlyInBaseline: b.length, withoutScore: 0 };
  return judgeDifference(
    context,
    gate,
    { ...about, candidate: mean(a), baseline: mean(b), n: a.length, unused },
    test,
    direction,
  );
}

function unusedOf(pairs: Unused): Unused {
  const { onlyInCandidate, onlyInBaseline, withoutScore } = pairs;
  return { onlyInCandidate, onlyInBaseline, withoutScore };
}

/** Why a run that was cut short decides nothing. */
function cutShort(candidate: Side, baseline: Side): string | null {
  for (const [side, { task }] of [
    ['candidate', candidate],
    ['baseline', baseline],
  ] as const) {
    if (task.incomplete > 0) return `the ${side}'s run is not complete: ${itemsMissing(task)}`;
  }
  return null;
}

/** Why too many items are missing to decide; null when none is, or no more than the document allows. */
function missingReason(context: GateContext, pairs: Unused & { readonly rows: Int32Array }): string | null {
  const left =
    pairs.withoutScore +
    (context.document.dataset === 'fixed'
      ? pairs.onlyInCandidate + (context.look ? 0 : pairs.onlyInBaseline)
      : 0);
  const total = pairs.rows.length + left;
  const allowed = context.document.missing?.['at-most'] ?? 0;
  if (left === 0 || left / total <= allowed) return null;
  return `${left} of ${total} items have no score on both sides (errors of the evaluator, NaN); write \`missing: {at-most: …}\` where that is meant to pass`;
}

function mean(values: Float64Array): number | null {
  return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
}

function difference({ candidate, baseline }: Pick<About, 'candidate' | 'baseline'>): number | null {
  return candidate === null || baseline === null ? null : candidate - baseline;
}
