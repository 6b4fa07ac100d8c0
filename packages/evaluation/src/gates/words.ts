import type { Decision } from '@sluice/contract';
import type { GateSpec } from './document.ts';
import { ruleOf } from './document.ts';
import type { Evidence } from './evidence.ts';

/** A figure with at most four significant digits. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** A difference with its sign. */
export function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${figure(value)}`;
}

/** Why a gate was decided as it was, in one sentence. */
export function reasonOf(
  gate: GateSpec | undefined,
  evidence: Evidence,
  decision: Decision,
  confidence: number,
): string {
  const { verdict } = evidence;
  if (verdict.kind === 'undecided') return verdict.because;
  if (!gate || evidence.estimate === null) return evidence.test;
  const rule = ruleOf(gate);
  const absolute = rule === 'at-least' || rule === 'at-most';
  const is = absolute ? figure(evidence.estimate) : `${signed(evidence.estimate)} against the baseline`;
  const range = evidence.interval
    ? ` (${percent(2 * confidence - 1)} interval ${figure(evidence.interval.lower)} to ${figure(evidence.interval.upper)}, n = ${evidence.n})`
    : '';
  return `${is}${range}: ${judgement(gate, evidence, decision)}`;
}

function judgement(gate: GateSpec, evidence: Evidence, decision: Decision): string {
  const rule = ruleOf(gate);
  const wanted = `${rule.replaceAll('-', ' ')} ${gate['at-least'] ?? gate['at-most'] ?? 'the baseline'}${gate.margin ? ` by ${gate.margin}` : ''}`;
  if (evidence.verdict.kind === 'estimate')
    return decision === 'approve' ? `${wanted} holds` : `${wanted} does not hold`;
  if (decision === 'reject') return `shown to violate "${wanted}"`;
  if (decision === 'approve')
    return evidence.verdict.kind === 'prove' ? `${wanted} is proven` : `not shown to violate "${wanted}"`;
  const needed = evidence.power?.itemsNeeded;
  const enough = needed ? `; about ${needed.toLocaleString('en-US')} items would decide it` : '';
  return `${wanted} is neither proven nor refuted by ${evidence.n === 1 ? '1 item' : `${evidence.n} items`}${enough}`;
}

export function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

/** The decision of the whole in a sentence for somebody who reads nothing else. */
export function verdictSentence(
  decision: Decision,
  gates: readonly { readonly name: string; readonly decision: Decision; readonly reason: string }[],
): string {
  const open = gates.filter((gate) => gate.decision === (decision === 'reject' ? 'reject' : 'undecided'));
  const first = open[0];
  const more = open.length > 1 ? ` (and ${open.length - 1} more)` : '';
  if (decision === 'approve')
    return `The candidate may be deployed: ${gates.length === 1 ? 'the gate holds' : `all ${gates.length} gates hold`}.`;
  if (decision === 'reject')
    return `The candidate must not be deployed: ${first?.name}${more} — ${first?.reason}.`;
  if (!first) return 'Nothing was decided: there is no gate that applies.';
  return `Not decided, so not deployed: ${first.name}${more} — ${first.reason}.`;
}
