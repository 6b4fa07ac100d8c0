import type { GateOutcome, GateSpec } from '@sluice/evaluation';
import { formatNumber } from '@sluice/report';
import type { Judgement } from '../judge.ts';
import { isShare, metricName, percent, said } from './words.ts';

/** The decision for somebody who decides about money and reads nothing else: no test, no interval, no symbol. */
export function sentenceOf({ report, gates }: Pick<Judgement, 'report' | 'gates'>): string {
  const of = (decision: GateOutcome['decision']) => report.gates.filter((gate) => gate.decision === decision);
  const spec = ({ gate }: GateOutcome): GateSpec | undefined => gates.gates[gate];
  if (report.decision === 'approve') {
    const all = report.gates.length === 1 ? 'the gate holds' : `all ${report.gates.length} gates hold`;
    return `The candidate may be deployed: ${all}${achieved(report.gates)}.`;
  }
  if (report.decision === 'reject') {
    const [first, ...others] = [...of('reject')].sort(bySlice);
    if (!first) return report.sentence;
    return `The candidate must not be deployed: ${violation(first, spec(first)) ?? plainly(first)}${more(others, 'fail')}.`;
  }
  const [first, ...others] = [...of('undecided')].sort(bySlice);
  if (!first) return report.sentence;
  return `Not decided, so not deployed: ${doubt(first, spec(first)) ?? plainly(first)}${more(others, 'is open', 'are open')}.`;
}

/** What an approved candidate is like, where it is compared with something. */
function achieved(gates: readonly GateOutcome[]): string {
  const first = gates.find(
    (gate) => gate.slice === null && gate.candidate !== null && gate.baseline !== null,
  );
  if (!first || first.candidate === null || first.baseline === null) return '';
  const share = isShare(first.metric, first.candidate, first.baseline);
  return `; ${where(first)} is ${said(first.candidate, share)} against ${said(first.baseline, share)} for the version in use`;
}

/** The whole says more than a slice of it. */
const bySlice = (a: GateOutcome, b: GateOutcome): number =>
  Number(a.slice !== null) - Number(b.slice !== null);

const plainly = ({ name, reason }: GateOutcome): string => `${name} — ${reason}`;

function more(others: readonly GateOutcome[], verb: string, verbs = verb): string {
  if (others.length === 0) return '';
  return others.length === 1
    ? `; one more gate ${verb === 'fail' ? 'fails' : verb}`
    : `; ${others.length} more gates ${verbs}`;
}

const where = ({ metric, slice }: GateOutcome): string =>
  slice === null ? metricName(metric) : `${metricName(metric)} for ${slice}`;

function violation(gate: GateOutcome, spec: GateSpec | undefined): string | undefined {
  const { candidate, baseline, threshold } = gate;
  if (!spec || candidate === null) return undefined;
  if (spec['at-least'] !== undefined || spec['at-most'] !== undefined) {
    const share = isShare(gate.metric, candidate, threshold);
    const bound = spec['at-least'] !== undefined ? 'at least' : 'at most';
    const proof = spec.proven ? ' with certainty' : '';
    return `${where(gate)} is ${said(candidate, share)}, and ${bound} ${said(threshold, share)} is asked for${proof}`;
  }
  if (baseline === null) return undefined;
  const share = isShare(gate.metric, candidate, baseline);
  const figures = `${said(candidate, share)} against ${said(baseline, share)} for the version in use`;
  if (spec['not-worse-than'] !== undefined) {
    const allowed = spec.margin
      ? `a loss of at most ${points(spec.margin, share)} is allowed`
      : 'no loss is allowed';
    return `${where(gate)} is ${figures}, and ${allowed}`;
  }
  const wanted = spec['better-than'] !== undefined ? 'it has to be better' : 'it has to be the same';
  return `${where(gate)} is ${figures}, and ${wanted}`;
}

function doubt(gate: GateOutcome, spec: GateSpec | undefined): string | undefined {
  const { candidate, baseline, n, power } = gate;
  if (!spec || candidate === null || n === 0 || power?.itemsNeeded == null) return undefined;
  const question =
    baseline === null
      ? `${where(gate)} keeps to its bound`
      : spec['better-than'] !== undefined
        ? `${where(gate)} is better than in the version in use`
        : spec['not-worse-than'] !== undefined && spec.margin
          ? `${where(gate)} has fallen by more than ${points(spec.margin, isShare(gate.metric, candidate, baseline))}`
          : `${where(gate)} is as in the version in use`;
  return `${n} items are too few to tell whether ${question}; about ${power.itemsNeeded.toLocaleString('en-US')} items would decide it`;
}

const points = (margin: number, share: boolean): string =>
  share
    ? `${percent(margin).replace(' %', '')} percentage ${margin === 0.01 ? 'point' : 'points'}`
    : formatNumber(margin);
