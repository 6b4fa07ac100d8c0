import { ProgramError, UserError } from '@sluice/contract';
import {
  besideCandidate,
  type EvaluatorConfig,
  type GatesDocument,
  type Look,
  type ReadOptions,
  type Results,
  readResults,
} from '@sluice/evaluation';
import { baselineVariant } from './baseline-variant.ts';
import type { Context } from './context.ts';
import { untilDecided } from './early.ts';
import { readConfig, withEvaluator } from './evaluate.ts';
import type { Evaluation } from './evaluation/run-evaluator.ts';
import { evaluateVariants } from './evaluation/variants.ts';
import type { DecideOn, Judged } from './judged.ts';

/** Makes the candidate's results; with `stop` and a baseline only as many as it takes. */
export async function evaluated(
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
