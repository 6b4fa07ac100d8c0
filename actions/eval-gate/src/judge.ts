import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import {
  type ChangedItem,
  changedItems,
  decide,
  figuresOf,
  type GatesDocument,
  isComparison,
  type Results,
  readGates,
  readMeasurements,
  reviewSpec,
} from '@sluice/evaluation';
import { baselineVariant } from './baseline-variant.ts';
import { candidateGiven, judgeCandidate } from './candidate.ts';
import type { Context } from './context.ts';
import type { HumanReview } from './human-review.ts';
import type { JudgeModel } from './judge-model.ts';
import type { DecideOn, Judged } from './judged.ts';
import { readOptions } from './read-options.ts';

/** The decision and all it rests on. */
export interface Judgement extends Judged {
  readonly gates: GatesDocument;
  /** The text that decided, for its digest. */
  readonly gatesText: string;
  readonly gatesFile: string;
  readonly measurements: ReadonlyMap<string, number>;
  /** The candidate's figures, measurements among them. */
  readonly figures: Record<string, number>;
  /** What people said, and a judge model. */
  readonly people: HumanReview | undefined;
  readonly judgeModel: JudgeModel | undefined;
  readonly changed: { readonly metric: string; readonly items: readonly ChangedItem[] } | null;
}

/** How many changed items are shown. */
const CHANGED = 20;

/** Reads the gates, makes or reads the results, and asks the gates. */
export async function judge(context: Context): Promise<Judgement> {
  const { inputs, host } = context;
  const given = await gatesOf(context);
  const { gates, text, name } = given;
  const measurements =
    inputs.measurements === undefined
      ? new Map<string, number>()
      : await readMeasurements(resolve(host.workspace, inputs.measurements));
  const people = await (await import('./human-review.ts')).humanReview(context);
  const model =
    inputs.judge === undefined
      ? undefined
      : await (await import('./judge-model.ts')).judgeModel(context, given, inputs.judge, people?.review);
  const reading = candidateGiven(context, gates);
  reading.catch(() => {}); // what is wrong with the baseline is said first
  const against = await baselineOf(context, gates);
  const decideOn: DecideOn = async (candidate, other, look) =>
    decide({
      document: gates,
      ...(model ? await model.score(candidate, other) : { candidate, baseline: other }),
      ...(people ? { review: people.review } : {}),
      withoutBaseline: inputs['baseline-missing'] === 'absolute-only' ? 'skip' : 'reject',
      measurements,
      ...(gates.leakage
        ? {
            leakage: await (await import('./leakage.ts')).leakageOf(candidate, gates.leakage, host.workspace),
          }
        : {}),
      ...(inputs.confidence === undefined ? {} : { confidence: inputs.confidence }),
      ...(look ? { look } : {}),
    });
  const judged = await judgeCandidate(context, gates, await reading, against, decideOn);
  const { candidate, baseline } = judged;
  const finite = [...measurements].filter(([, value]) => Number.isFinite(value));
  return {
    ...judged,
    claimed: judged.claimed || model?.said()?.elsewhere === true,
    gates,
    gatesText: text,
    gatesFile: name,
    measurements,
    people,
    judgeModel: model,
    figures: { ...figuresOf(model?.said()?.scores.candidate ?? candidate), ...Object.fromEntries(finite) },
    changed: baseline && (await changedOf(gates, candidate, baseline)),
  };
}

/** The gates document, from the commit where the host can tell. */
export async function gatesOf({
  inputs,
  host,
}: Context): Promise<{ gates: GatesDocument; text: string; name: string }> {
  const { text, name } = await host.document(inputs.gates, { input: 'gates', decides: true });
  const gates = readGates(text, name);
  if (
    gates.confidence !== undefined &&
    inputs.confidence !== undefined &&
    gates.confidence !== inputs.confidence
  ) {
    throw new UserError(
      `confidence is ${inputs.confidence}, but ${name} says ${gates.confidence}; the gates decide, so leave the input out`,
    );
  }
  return { gates, text, name };
}

/** The baseline, where a gate compares with one, or people or a judge model may. Null where there is none. */
export async function baselineOf(context: Context, gates: GatesDocument): Promise<Results | null> {
  const { inputs, host } = context;
  const compares = gates.gates.some(isComparison) || (gates.review && isComparison(reviewSpec(gates.review)));
  if (!compares && inputs.judge === undefined && inputs.review === undefined) return null;
  if (baselineVariant(inputs.baseline) !== undefined) return variantsToCome(inputs);
  const { resultsAt } = await import('./sources.ts');
  const found =
    inputs.baseline === undefined
      ? null
      : await resultsAt(inputs.baseline, 'baseline', context, await readOptions(context, gates));
  if (!found && compares)
    host.log.warn(
      `there is no baseline${inputs.baseline === undefined ? '' : ` at ${inputs.baseline}`}: gates that compare ${inputs['baseline-missing'] === 'reject' ? 'reject' : 'are left out'}`,
    );
  return found;
}

/** A variant is evaluated with the candidate. */
function variantsToCome({ evaluator }: Context['inputs']): null {
  if (evaluator !== 'none') return null;
  throw new UserError('baseline names a variant, and there is no evaluator that makes any');
}

/** The changed items of the first metric that is compared item by item. */
async function changedOf(
  gates: GatesDocument,
  candidate: Results,
  baseline: Results,
): Promise<Judgement['changed']> {
  for (const gate of gates.gates.filter(isComparison)) {
    const items = await changedItems(candidate, baseline, gate.metric, CHANGED);
    if (items.length > 0) return { metric: gate.metric, items };
  }
  return null;
}
