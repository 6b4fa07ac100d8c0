import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import { type GatesDocument, type Results, slicesNeeded } from '@sluice/evaluation';
import type { Context } from './context.ts';
import type { DecideOn, Judged } from './judged.ts';
import { readOptions } from './read-options.ts';

/**
 * Reads the candidate's results where they are a file here that holds scores, so that both sides can be read at the same time; null:
 * `judgeCandidate` reads or makes them.
 */
export async function candidateGiven(context: Context, gates: GatesDocument): Promise<Results | null> {
  const { inputs, host } = context;
  if (inputs.evaluator !== 'none' || inputs.candidate === undefined || gates.scores) return null;
  const there = await stat(resolve(host.workspace, inputs.candidate)).catch(() => null);
  if (!there?.isFile()) return null;
  const { resultsAt } = await import('./sources.ts');
  return resultsAt(inputs.candidate, 'candidate', context, await candidateOptions(context, gates));
}

async function candidateOptions(context: Context, gates: GatesDocument) {
  return { ...(await readOptions(context, gates)), slices: slicesNeeded(gates) };
}

/** Reads or makes the candidate's results where they are not `given`, and asks the gates. */
export async function judgeCandidate(
  context: Context,
  gates: GatesDocument,
  given: Results | null,
  baseline: Results | null,
  decideOn: DecideOn,
): Promise<Judged> {
  const { inputs } = context;
  const options = await candidateOptions(context, gates);
  if (inputs.evaluator !== 'none') {
    // most gates read results that are there: what evaluates is loaded where it is asked for
    const { evaluated } = await import('./evaluated.ts');
    return evaluated(context, gates, baseline, options, decideOn);
  }
  if (inputs.candidate === undefined)
    throw new UserError(
      'there is nothing to judge: pass candidate (the file or folder of its results), or an evaluator that makes them',
    );
  // what reads results is loaded when the inputs are known to be right
  const { resultsAt } = await import('./sources.ts');
  const candidate = given ?? (await resultsAt(inputs.candidate, 'candidate', context, options));
  if (!candidate)
    throw new UserError(
      `candidate is '${inputs.candidate}', and there is nothing: give a file or folder of results, runs:/<run-id>/<path>, or the ID of a run`,
    );
  if (gates.stop)
    context.host.log.info(
      `stop: ${gates.stop} is for an evaluator that runs here; these results are there whole, so the tests of whole results decide`,
    );
  return {
    candidate,
    baseline,
    report: await decideOn(candidate, baseline),
    claimed: true,
    seconds: null,
    stopped: null,
    cached: null,
    variants: null,
  };
}
