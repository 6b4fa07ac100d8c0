import { UserError } from '@sluice/contract';
import type { EvaluatorConfig, Variant } from '@sluice/evaluation';
import type { Context } from '../context.ts';
import { devicesHere, inPlaces, places } from './devices.ts';
import { type Evaluation, runEvaluator } from './run-evaluator.ts';
import { withTarget } from './target.ts';

/** A variant and what its evaluation left. */
export interface EvaluatedVariant {
  readonly name: string;
  readonly evaluation: Evaluation;
}

/** All variants, each in a folder of its own; one of them is what the gates decide on. */
export interface Variants {
  readonly candidate: EvaluatedVariant;
  readonly others: readonly EvaluatedVariant[];
}

/** What a variant may not have when it is the candidate: it would be another model than the one that is judged. */
const OWN = ['model', 'adapter', 'base-model', 'endpoint'] as const;

/**
 * The variant that the gates decide on, which must be named: to choose the best of several by the same data and then test it would
 * approve too often.
 * @throws UserError when it is not named, none of them, or has a model of its own
 */
export function candidateOf(config: EvaluatorConfig, name: string): string {
  const names = Object.keys(config.variants ?? {});
  const { candidate } = config;
  if (candidate === undefined || !names.includes(candidate))
    throw new UserError(
      `${name}: candidate is ${candidate === undefined ? 'not given' : `'${candidate}'`}; name the variant that the gates decide on, one of ${names.join(', ')}`,
    );
  const own = OWN.filter((key) => config.variants?.[candidate]?.[key] !== undefined);
  if (own.length > 0)
    throw new UserError(
      `${name}: the variant ${candidate} is the candidate, so it is evaluated on what this step judges; give ${own.join(', ')} as inputs of the step`,
    );
  return candidate;
}

/** Evaluates every variant, as many at once as there are GPUs (each sees its own), or as `parallel` says. */
export async function evaluateVariants(context: Context, config: EvaluatorConfig): Promise<Variants> {
  const candidate = candidateOf(config, 'config');
  const variants = Object.entries(config.variants ?? {});
  const devices = await devicesHere(context);
  const at = places(devices, config.parallel, variants.length);
  context.host.log.info(
    `${variants.length} variants, ${at.length} at a time${devices.length > 0 ? ` on the GPUs ${at.map((own) => own.join('+')).join(', ')}` : ''}`,
  );
  const all = await inPlaces(variants, at, async ([label, variant], own) => {
    const env: Record<string, string> = own.length > 0 ? { CUDA_VISIBLE_DEVICES: own.join(',') } : {};
    const evaluation = await withTarget(context, variant, env, (target) =>
      runEvaluator(context, configOf(config, variant), target, { env, label }),
    );
    return { name: label, evaluation };
  });
  return {
    candidate: all.find((one) => one.name === candidate) as EvaluatedVariant,
    others: all.filter((one) => one.name !== candidate),
  };
}

/** The config with a variant's own in place of its. */
export function configOf(config: EvaluatorConfig, variant: Variant): EvaluatorConfig {
  const given = Object.entries(variant).filter(([key, value]) => key in config || value !== undefined);
  const { variants: _, candidate: __, parallel: ___, ...rest } = config;
  return { ...rest, ...Object.fromEntries(given) } as EvaluatorConfig;
}
