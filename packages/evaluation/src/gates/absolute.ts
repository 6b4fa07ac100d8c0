import { type Side, scoresOf } from '../pair/pair.ts';
import type { CorpusColumn } from '../results/corpus-column.ts';
import { nameOf } from '../results/metric-name.ts';
import { clustersOf, type GateContext, pick, slicesOf } from './context.ts';
import { type GateSpec, gateName } from './document.ts';
import { type Evidence, itemsMissing, noEvidence } from './evidence.ts';
import { chooseSingle } from './tests/choose.ts';
import { corpusTest, figureOf } from './tests/corpus.ts';
import type { TestResult } from './tests/test.ts';

type About = Pick<Evidence, 'name' | 'gate' | 'metric' | 'slice' | 'threshold'>;

/** The evidence on `at-least` and `at-most` for a metric of the results, one entry a slice. */
export function absolute(context: GateContext, gate: GateSpec, index: number, side: Side): Evidence[] {
  const about = {
    name: gateName(gate),
    gate: index,
    metric: nameOf(side.series),
    slice: null,
    threshold: thresholdOf(gate),
  };
  const { task, series } = side;
  if (task.incomplete > 0) return [noEvidence(about, `the run is not complete: ${itemsMissing(task)}`)];
  if (series.aggregate !== null && !Number.isFinite(series.aggregate))
    return [noEvidence(about, `the evaluator printed ${series.aggregate}`)];
  const scores = scoresOf(side);
  const corpus = task.items && series.corpus ? { column: series.corpus, size: task.items.size } : null;
  if (!series.scores && corpus) return [corpusFigure(context, gate, about, corpus, task.errored)];
  if (!scores && task.errored > 0)
    return [
      noEvidence(
        about,
        `${task.errored} items failed in the evaluator, and only the average of the others is known; give the scores of the items too`,
      ),
    ];
  if (!scores) return [aggregateOnly(gate, about, series.aggregate, series.standardError)];
  const absent = Math.max(0, task.errored - scores.withoutScore);
  const missing = scores.withoutScore + absent;
  const total = scores.values.length + missing;
  const unused = { onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: missing };
  if (missing / Math.max(1, total) > (context.document.missing?.['at-most'] ?? 0)) {
    return [noEvidence({ ...about, unused, n: scores.values.length }, missingItems(missing, total))];
  }
  const clusters = clustersOf(context, gate, task, scores.rows);
  return slicesOf(context, gate, task, scores.rows).map(({ label, positions }) => {
    const mine = label === null ? about : { ...about, name: `${about.name} [${label}]`, slice: label };
    if (positions.length === 0)
      return noEvidence(mine, label === null ? 'no item has a score' : `no item in ${gate.per} ${label}`);
    const options = { alpha: context.alpha, test: gate.test ?? 'auto', family: context.family };
    const values = pick(scores.values, positions);
    const test = chooseSingle(values, scores.binary, clusters && pick(clusters, positions), options);
    // the figure that the evaluator printed is the one that people read; it is the items' mean but for rounding
    const printed =
      label === null && series.aggregate !== null
        ? series.aggregate
        : values.reduce((sum, v) => sum + v, 0) / values.length;
    return judgeFigure(gate, { ...mine, n: positions.length, unused }, printed, test);
  });
}

/** The evidence on a figure measured elsewhere. */
export function measured(gate: GateSpec, index: number, value: number): Evidence {
  const about = {
    name: gateName(gate),
    gate: index,
    metric: gate.metric,
    slice: null,
    threshold: thresholdOf(gate),
  };
  if (!Number.isFinite(value)) return noEvidence(about, `the measurement is ${value}`);
  if (gate.proven || gate.per !== undefined)
    return noEvidence(
      { ...about, candidate: value },
      'a single measurement has no items, so nothing can be proven of it',
    );
  return byEstimate(gate, { ...noEvidence(about, ''), test: 'measured once' }, value);
}

function thresholdOf(gate: GateSpec): number {
  return (gate['at-least'] ?? gate['at-most']) as number;
}

function aggregateOnly(
  gate: GateSpec,
  about: About,
  aggregate: number | null,
  standardError: number | null,
): Evidence {
  if (aggregate === null) return noEvidence(about, 'there is neither a figure nor a score of any item');
  const reason = 'only the average is known, no scores of items';
  if (gate.proven || gate.per !== undefined)
    return noEvidence(
      { ...about, candidate: aggregate, estimate: aggregate },
      `${reason}, so nothing can be proven`,
    );
  const test =
    standardError === null ? reason : `${reason}; the evaluator's standard error is ${standardError}`;
  return byEstimate(gate, { ...noEvidence(about, ''), test }, aggregate);
}

/** A corpus figure from counts of items. Its interval costs 10,000 resamples, so it is made where it decides or is cheap. */
function corpusFigure(
  context: GateContext,
  gate: GateSpec,
  about: About,
  { column, size }: { column: CorpusColumn; size: number },
  errored: number,
): Evidence {
  const rows = Array.from({ length: size }, (_, row) => row).filter((row) => column.has(row));
  const missing = Math.max(size - rows.length, errored);
  const unused = { onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: missing };
  if (missing / Math.max(1, size) > (context.document.missing?.['at-most'] ?? 0))
    return noEvidence({ ...about, unused, n: rows.length }, missingItems(missing, size));
  if (gate.per !== undefined)
    return noEvidence(about, 'a corpus figure has no slices of its own bounds; ask for one that items have');
  const figure = figureOf(column, rows);
  if (!gate.proven && rows.length * column.width > CHEAP)
    return byEstimate(
      gate,
      { ...noEvidence({ ...about, unused, n: rows.length }, ''), test: 'corpus figure' },
      figure,
    );
  const options = { alpha: context.alpha, test: 'bootstrap', family: context.family } as const;
  return judgeFigure(gate, { ...about, n: rows.length, unused }, figure, corpusTest(column, rows, options));
}

const CHEAP = 20_000;

function missingItems(missing: number, total: number): string {
  return `${missing} of ${total} items have no score (errors of the evaluator, NaN); write \`missing: {at-most: …}\` where that is meant to pass`;
}

function byEstimate(gate: GateSpec, evidence: Evidence, value: number): Evidence {
  if (!Number.isFinite(value)) return noEvidence(evidence, notFinite(value));
  return {
    ...evidence,
    candidate: value,
    estimate: value,
    verdict: { kind: 'estimate', holds: holds(gate, value) },
  };
}

/** What a mean of many items may be off by, as their order decides how it is rounded: not enough to miss a bound by. */
const ROUNDING = 1e-12;

function notFinite(value: number): string {
  return `the figure comes out as ${value}, which is none: a score is too large, or something was divided by 0`;
}

function holds(gate: GateSpec, value: number): boolean {
  const bound = thresholdOf(gate);
  const off = ROUNDING * Math.max(1, Math.abs(bound));
  return gate['at-least'] !== undefined ? value >= bound - off : value <= bound + off;
}

/** Asks a test of one figure what the gate asks. */
export function judgeFigure(
  gate: GateSpec,
  about: About & Pick<Evidence, 'n' | 'unused'>,
  value: number,
  test: TestResult,
): Evidence {
  if (!Number.isFinite(value)) return noEvidence(about, notFinite(value));
  if (test.kind === 'undecided') {
    if (gate.proven) return noEvidence({ ...about, candidate: value, estimate: value }, test.message);
    return byEstimate(gate, { ...noEvidence(about, ''), test: `no interval: ${test.message}` }, value);
  }
  const atLeast = gate['at-least'] !== undefined;
  const bound = about.threshold;
  return {
    ...about,
    candidate: value,
    baseline: null,
    estimate: value,
    interval: test.interval,
    test: test.name,
    pHolds: atLeast ? test.above(bound) : test.below(bound),
    pViolated: atLeast ? test.below(bound) : test.above(bound),
    power: null,
    verdict: gate.proven ? { kind: 'prove' } : { kind: 'estimate', holds: holds(gate, value) },
  };
}
