import { resolve } from 'node:path';
import { readDocument, UserError } from '@sluice/contract';
import { type EvaluatorConfig, evaluatorConfig } from '@sluice/evaluation';
import type { Context } from './context.ts';
import type { Part } from './evaluation/items.ts';
import { type Evaluation, runEvaluator } from './evaluation/run-evaluator.ts';
import { withTarget } from './evaluation/target.ts';
import { candidateOf } from './evaluation/variants.ts';

/** An evaluator that is ready: each call evaluates all items, or some, into a folder of its own. */
export interface Evaluator {
  run(part?: Part): Promise<Evaluation>;
  readonly tasks: readonly string[];
}

/** Brings up what is evaluated (the model's folder or a server) for as long as `work` takes. */
export async function withEvaluator<T>(
  context: Context,
  config: EvaluatorConfig,
  work: (evaluator: Evaluator) => Promise<T>,
): Promise<T> {
  return withTarget(context, {}, {}, (target) =>
    work({
      tasks: config.tasks ?? [],
      run: (part) => runEvaluator(context, config, target, { part }),
    }),
  );
}

/** What the evaluator is asked to do. */
export async function readConfig({ inputs, host }: Context): Promise<EvaluatorConfig> {
  if (inputs.candidate !== undefined) {
    throw new UserError(
      `candidate and evaluator ${inputs.evaluator} are both given; the evaluator makes the candidate's results`,
    );
  }
  if (inputs.config === undefined) {
    throw new UserError(
      `evaluator: ${inputs.evaluator} needs \`config\`, which says what it evaluates (tasks: […])`,
    );
  }
  const { text, name } = await host.document(inputs.config, { input: 'config', decides: true });
  const config = readDocument(text, name, evaluatorConfig);
  const wanted = inputs.evaluator === 'command' ? 'command' : 'tasks';
  const all = Object.values(config.variants ?? {});
  if (!config[wanted] && !(wanted === 'command' && all.length > 0 && all.every((v) => v.command)))
    throw new UserError(`${name}: evaluator: ${inputs.evaluator} needs \`${wanted}\``);
  if (config.variants) candidateOf(config, name);
  else if (config.candidate !== undefined)
    throw new UserError(`${name}: candidate names a variant, and there are no \`variants\``);
  return withPaths(config, host.workspace);
}

/** Programs run in folders of their own choosing, so paths are absolute. */
function withPaths(config: EvaluatorConfig, workspace: string): EvaluatorConfig {
  const absolute = <T extends { 'include-path'?: string | undefined }>(of: T): T =>
    of['include-path'] === undefined ? of : { ...of, 'include-path': resolve(workspace, of['include-path']) };
  const { variants } = config;
  if (!variants) return absolute(config);
  const own = Object.entries(variants).map(([name, variant]) => [name, absolute(variant)] as const);
  return absolute({ ...config, variants: Object.fromEntries(own) });
}
