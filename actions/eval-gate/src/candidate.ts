import { ProgramError, UserError } from '@sluice/contract';
import {
  type BesideCandidate,
  besideCandidate,
  type EvaluatorConfig,
  type GateReport,
  type GatesDocument,
  type Look,
  type ReadOptions,
  type Results,
  readResults,
  slicesNeeded,
} from '@sluice/evaluation';
import type { Context } from './context.ts';
import { type Stopped, untilDecided } from './early.ts';
import { readConfig, withEvaluator } from './evaluate.ts';
import type { Cached } from './evaluation/cache.ts';
import type { Evaluation } from './evaluation/run-evaluator.ts';
import { evaluateVariants } from './evaluation/variants.ts';
import { readOptions } from './read-options.ts';
import { resultsAt } from './sources.ts';

/** The candidate's name among the variants, and the others' figures. */
export interface VariantsBeside {
  readonly candidate: string;
  readonly others: readonly BesideCandidate[];
}

/** The candidate's results and what the gates say of them. */
export interface Judged {
  readonly candidate: Results;
  readonly baseline: Results | null;
  readonly report: GateReport;
  readonly claimed: boolean;
  /** Seconds that the evaluation took, where this step ran it or took it from its cache. */
  readonly seconds: number | null;
  /** Where the evaluation stopped, where it was allowed to stop early. */
  readonly stopped: Stopped | null;
  /** Where it was taken from, where it was made before. */
  readonly cached: Cached | null;
  /** What was evaluated beside the candidate. */
  readonly variants: VariantsBeside | null;
}

/** Asks the gates. */
export type DecideOn = (candidate: Results, baseline: Results | null, look?: Look) => Promise<GateReport>;

/** Reads or makes the candidate's results, and asks the gates. */
export async function judgeCandidate(
  context: Context,
  gates: GatesDocument,
  baseline: Results | null,
  decideOn: DecideOn,
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
      `candidate is '${inputs.candidate}', and there is nothing: give a file or folder of results, runs:/<run-id>/<path>, or the ID of a run`,
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

/** Makes the candidate's results; with `stop` and a baseline only as many as it takes. */
async function evaluated(
  context: Context,
  gates: GatesDocument,
  baseline: Results | null,
  options: ReadOptions,
  decideOn: DecideOn,
): Promise<Judged> {
  const { inputs } = context;
  const config = await readConfig(context);
  const read = async (folder: string): Promise<Results> => {
    const results = await readResults(folder, options).catch((error) => {
      throw new ProgramError(
        `${inputs.evaluator} ended well, but what it wrote cannot be read: ${(error as Error).message}`,
      );
    });
    return { ...results, source: `the ${inputs.evaluator} run of this step` };
  };
  const whole = async (evaluation: Evaluation): Promise<Results> => {
    const results = await read(evaluation.folder);
    await evaluation.keep(results);
    return results;
  };
  if (config.variants) return amongVariants(context, gates, config, baseline, whole, decideOn);
  if (baselineVariant(inputs.baseline) !== undefined)
    throw new UserError(`baseline is ${inputs.baseline}, and config has no \`variants\``);
  return withEvaluator(context, config, async (evaluator) => {
    if (gates.stop && baseline) {
      const at = (results: Results, look: Look) => decideOn(results, baseline, look);
      const stopped = await untilDecided(gates, evaluator, baseline, read, at);
      const { results: candidate, report, claimed, seconds } = stopped;
      return { candidate, baseline, report, claimed, seconds, stopped, cached: null, variants: null };
    }
    const evaluation = await evaluator.run();
    const candidate = await whole(evaluation);
    const { claimed, seconds, cached } = evaluation;
    const report = await decideOn(candidate, baseline);
    return { candidate, baseline, report, claimed, seconds, stopped: null, cached, variants: null };
  });
}

/** How `baseline` names a variant. */
const VARIANT = /^variant:(.+)$/;

/** The variant that a baseline names; undefined where it is none. */
export function baselineVariant(baseline: string | undefined): string | undefined {
  return VARIANT.exec(baseline ?? '')?.[1];
}

async function amongVariants(
  context: Context,
  gates: GatesDocument,
  config: EvaluatorConfig,
  given: Results | null,
  read: (evaluation: Evaluation) => Promise<Results>,
  decideOn: DecideOn,
): Promise<Judged> {
  const { inputs } = context;
  if (gates.stop)
    throw new UserError(
      '`stop` evaluates the candidate alone: leave `stop` out of the gates, or `variants` out of config',
    );
  const named = baselineVariant(inputs.baseline);
  const names = Object.keys(config.variants ?? {}).filter((name) => name !== config.candidate);
  if (named !== undefined && !names.includes(named))
    throw new UserError(
      `baseline is variant:${named}; the variants beside the candidate are ${names.join(', ') || 'none'}`,
    );
  const { candidate: mine, others } = await evaluateVariants(context, config);
  const candidate = { ...(await read(mine.evaluation)), source: `the variant ${mine.name}` };
  const beside = await Promise.all(
    others.map(async ({ name, evaluation }) => ({
      name,
      results: { ...(await read(evaluation)), source: `the variant ${name}` },
    })),
  );
  const baseline = named === undefined ? given : (beside.find((v) => v.name === named)?.results ?? null);
  const { claimed, seconds, cached } = mine.evaluation;
  return {
    candidate,
    baseline,
    report: await decideOn(candidate, baseline),
    claimed,
    seconds,
    stopped: null,
    cached,
    variants: { candidate: mine.name, others: await besideCandidate(gates, candidate, beside) },
  };
}
