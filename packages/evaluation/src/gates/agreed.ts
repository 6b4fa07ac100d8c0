import { isJudgeMetric } from '../judge-model/judge-metrics.ts';
import { metricAgreement } from '../judge-model/metric-agreement.ts';
import type { Side } from '../pair/pair.ts';
import { findSeries } from '../results/metric-name.ts';
import type { Agreement } from '../review/agreement/agreement.ts';
import type { Review } from '../review/ratings/review.ts';
import type { GateContext } from './context.ts';
import { type GateSpec, reviewRule } from './document.ts';
import type { Evidence } from './evidence.ts';
import { figure } from './words.ts';

/**
 * Puts the agreement with the human sample beside a gate that asks for it, or whose metric a judge model made. A gate whose
 * metric agrees less than it asks is undecided: such scores say nothing.
 */
export function agreed(
  context: GateContext,
  gate: GateSpec,
  candidate: Side,
  review: Review | undefined,
  evidence: Evidence,
): Evidence {
  const least = gate['agreement-at-least'];
  if (least === undefined && !(review && isJudgeMetric(candidate.series.metric))) return evidence;
  const agreement = review ? agreementOf(context, gate, candidate, review) : null;
  const because = least === undefined ? null : tooLittle(agreement, least, gate.metric);
  return {
    ...evidence,
    agreement,
    ...(because === null ? {} : { verdict: { kind: 'undecided', because } as const }),
  };
}

function agreementOf(context: GateContext, gate: GateSpec, candidate: Side, review: Review): Agreement {
  const baseline = context.baseline && findSeries(context.baseline, gate.metric);
  return metricAgreement(review, candidate, baseline, reviewRule(context.document), 1 - 2 * context.alpha);
}

function tooLittle(agreement: Agreement | null, least: number, metric: string): string | null {
  if (!agreement)
    return `there is no human review to hold ${metric} against, and an agreement of ${least} is asked for`;
  if (agreement.value === null)
    return `how ${metric} agrees with people is undefined: ${agreement.because ?? 'no item has both'}`;
  if (agreement.value >= least) return null;
  return `${metric} agrees too little with people to decide (${agreement.measure} ${figure(agreement.value)} on ${agreement.n}, ${least} is asked for)`;
}
