import { resolve } from 'node:path';
import { ProgramError, UserError } from '@sluice/contract';
import {
  type ChangedItem,
  changedItems,
  decide,
  figuresOf,
  findLeakage,
  type GateReport,
  type GatesDocument,
  isComparison,
  type Look,
  type Results,
  readGates,
  readMeasurements,
  readResults,
  slicesNeeded,
} from '@sluice/evaluation';
import type { Context } from './context.ts';
import { type Stopped, untilDecided } from './early.ts';
import { withEvaluator } from './evaluate.ts';
import { resultsAt } from './sources.ts';
import { wordCutter } from './words.ts';

/** The decision and all it rests on. */
export interface Judgement {
  readonly gates: GatesDocument;
  /** The text that decided, for its digest. */
  readonly gatesText: string;
  readonly gatesFile: string;
  readonly report: GateReport;
  readonly candidate: Results;
  readonly baseline: Results | null;
  readonly measurements: ReadonlyMap<string, number>;
  /** The candidate's figures, measurements among them. */
  readonly figures: Record<string, number>;
  readonly changed: { readonly metric: string; readonly items: readonly ChangedItem[] } | null;
  readonly claimed: boolean;
  /** Seconds that the evaluation took, where this step ran it. */
  readonly seconds: number | null;
  /** Where the evaluation stopped, where it was allowed to stop early. */
  readonly stopped: Stopped | null;
}

/** How many changed items are shown. */
const CHANGED = 20;

/** Reads the gates, makes or reads the results, and asks the gates. */
export async function judge(context: Context): Promise<Judgement> {
  const { inputs, host } = context;
  const { gates, text, name } = await gatesOf(context);
  const measurements =
    inputs.measurements === undefined
      ? new Map<string, number>()
      : await readMeasurements(resolve(host.workspace, inputs.measurements));
  const baseline = await baselineOf(context, gates);
  const decideOn = async (candidate: Results, look?: Look): Promise<GateReport> =>
    decide({
      document: gates,
      candidate,
      baseline,
      withoutBaseline: inputs['baseline-missing'] === 'absolute-only' ? 'skip' : 'reject',
      measurements,
      ...(gates.leakage
        ? {
            leakage: await findLeakage(
              candidate,
              resolve(host.workspace, gates.leakage.train),
              gates.leakage,
            ),
          }
        : {}),
      ...(inputs.confidence === undefined ? {} : { confidence: inputs.confidence }),
      ...(look ? { look } : {}),
    });
  const { candidate, report, claimed, seconds, stopped } = await candidateOf(
    context,
    gates,
    baseline,
    decideOn,
  );
  const finite = [...measurements].filter(([, value]) => Number.isFinite(value));
  return {
    gates,
    gatesText: text,
    gatesFile: name,
    report,
    candidate,
    baseline,
    measurements,
    figures: { ...figuresOf(candidate), ...Object.fromEntries(finite) },
    changed: baseline && (await changedOf(gates, candidate, baseline)),
    claimed,
    seconds,
    stopped,
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

interface Judged {
  readonly candidate: Results;
  readonly report: GateReport;
  readonly claimed: boolean;
  readonly seconds: number | null;
  readonly stopped: Stopped | null;
}

async function candidateOf(
  context: Context,
  gates: GatesDocument,
  baseline: Results | null,
  decideOn: (candidate: Results, look?: Look) => Promise<GateReport>,
): Promise<Judged> {
  const { inputs } = context;
  const options = { ...(await readOptions(context, gates)), slices: slicesNeeded(gates) };
  if (inputs.evaluator !== 'none') return evaluated(context, gates, baseline, options, decideOn);
  if (inputs.candidate === undefined)
    throw new UserError(
      'there is nothing to judge: pass candidate (the file or folder of its results), or an evaluator that makes them',
    );
  const candidate = await resultsAt(inputs.candidate, 'candidate', context, options);
  if (!candidate)
    throw new UserError(
      `candidate is '${inputs.candidate}', and there is nothing: give a file or folder of results, runs:/<run-id>/<path>, or the ID of a run that an eval-gate has judged`,
    );
  return { candidate, report: await decideOn(candidate), claimed: true, seconds: null, stopped: null };
}

/** Makes the candidate's results; with `stop` and a baseline only as many as it takes. */
async function evaluated(
  context: Context,
  gates: GatesDocument,
  baseline: Results | null,
  options: Parameters<typeof readResults>[1],
  decideOn: (candidate: Results, look?: Look) => Promise<GateReport>,
): Promise<Judged> {
  const { inputs } = context;
  const source = `the ${inputs.evaluator} run of this step`;
  const read = async (folder: string): Promise<Results> => {
    const results = await readResults(folder, options).catch((error) => {
      throw new ProgramError(
        `${inputs.evaluator} ended well, but what it wrote cannot be read: ${(error as Error).message}`,
      );
    });
    return { ...results, source };
  };
  return withEvaluator(context, async (evaluator) => {
    if (gates.stop && baseline) {
      const stopped = await untilDecided(gates, evaluator, baseline, read, decideOn);
      const { results: candidate, report, claimed, seconds } = stopped;
      return { candidate, report, claimed, seconds, stopped };
    }
    const { folder, claimed, seconds } = await evaluator.run();
    const candidate = await read(folder);
    return { candidate, report: await decideOn(candidate), claimed, seconds, stopped: null };
  });
}

/** The baseline, where a gate compares with one. Null where there is none. */
export async function baselineOf(context: Context, gates: GatesDocument): Promise<Results | null> {
  const { inputs, host } = context;
  if (!gates.gates.some(isComparison)) return null;
  const found =
    inputs.baseline === undefined
      ? null
      : await resultsAt(inputs.baseline, 'baseline', context, await readOptions(context, gates));
  if (!found)
    host.log.warn(
      `there is no baseline${inputs.baseline === undefined ? '' : ` at ${inputs.baseline}`}: gates that compare ${inputs['baseline-missing'] === 'reject' ? 'reject' : 'are left out'}`,
    );
  return found;
}

async function readOptions(context: Context, gates: GatesDocument) {
  return {
    format: context.inputs.format,
    ...(gates.columns ? { columns: gates.columns } : {}),
    predictions: gates.scores,
    positive: gates.positive === undefined ? undefined : String(gates.positive),
    words: await wordCutter(context, gates),
  };
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
