import { detectableMean, shareAboveLimit, type TestPlan } from '@sluice/statistics';
import { type GateSpec, type GatesDocument, gateName, isComparison, reviewSpec } from '../gates/document.ts';
import type { Results } from '../results/results.ts';
import type { GatePlan } from './gate-plan.ts';

/** Share of the pairs that are no tie, where nobody has looked yet. */
const NO_TIE = 0.4;

/** What the human review of a document can decide; null where it asks for none. */
export function planReview(document: GatesDocument, plan: TestPlan): GatePlan | null {
  const { review } = document;
  if (!review) return null;
  const spec = reviewSpec(review);
  const name = gateName(spec);
  return planned(name, review.samples, `${name}: ${canDecide(spec, review.samples, plan)}`);
}

/** What a gate on a judge model's verdicts can decide, which no result holds yet. */
export function planJudged(gate: GateSpec, baseline: Results, plan: TestPlan): GatePlan {
  const items = baseline.tasks.reduce((sum, task) => sum + (task.items?.size ?? 0), 0);
  const name = gateName(gate);
  const most = `a judge asked about all ${items} items`;
  const sentence = isComparison(gate)
    ? `${name}: ${most}, ${preferring(items, plan)}`
    : `${name}: ${most}; what it will say is not known`;
  return planned(name, items, sentence);
}

function planned(name: string, items: number, sentence: string): GatePlan {
  return { name, slice: null, items, cases: [], sentence };
}

function canDecide(spec: GateSpec, samples: number, plan: TestPlan): string {
  if (isComparison(spec)) return `${samples} samples, ${preferring(samples, plan)}`;
  const least = spec['at-least'] as number;
  if (!spec.proven)
    return `the share of ${samples} samples decides; a model whose share is ${least} passes about every second time (\`proven: true\` asks for the bound)`;
  const fewest = Array.from({ length: samples + 1 }, (_, accepted) => accepted).find(
    (accepted) => shareAboveLimit(accepted, samples, least) <= plan.alpha,
  );
  if (fewest !== undefined) return `${samples} samples prove it where ${fewest} of them are acceptable`;
  const needed = Math.ceil(Math.log(plan.alpha) / Math.log(least));
  return least >= 1
    ? 'no number of samples can prove that all answers are acceptable'
    : `${samples} samples cannot prove it even if all are acceptable; ${needed} could`;
}

function preferring(items: number, plan: TestPlan): string {
  const shown = detectableMean(items, NO_TIE, plan);
  return `${100 * NO_TIE} % of them no ties, show a difference of ${Number((100 * shown).toPrecision(2))} points between wins and losses with power ${plan.power}`;
}
