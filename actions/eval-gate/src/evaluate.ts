import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { duration, ProgramError, readDocument, UserError } from '@sluice/contract';
import {
  type Evaluated,
  type EvaluatorCall,
  type EvaluatorConfig,
  evalScopeCall,
  evaluatorConfig,
  lmEvalCall,
} from '@sluice/evaluation';
import { models } from '@sluice/inference';
import { pythonEnvironment, run } from '@sluice/process';
import type { Context } from './context.ts';
import { modelFolder } from './model-folder.ts';
import { serve } from './serve.ts';

/** What an evaluation left, and whether it ran on bytes that are known by their digest. */
export interface Evaluation {
  readonly folder: string;
  /** Nothing proves that the model that answered is the one that is judged: a server said its name, no more. */
  readonly claimed: boolean;
  readonly seconds: number;
}

/** Items of each task that are evaluated, by their places in the data set. */
export type ItemsOf = Readonly<Record<string, readonly number[]>>;

/** An evaluator that is ready: each call evaluates all items, or some, into a folder of its own. */
export interface Evaluator {
  run(items?: ItemsOf): Promise<Evaluation>;
  readonly tasks: readonly string[];
}

/** Brings up what is evaluated (the model's folder or a server) for as long as `work` takes. */
export async function withEvaluator<T>(
  context: Context,
  work: (evaluator: Evaluator) => Promise<T>,
): Promise<T> {
  const { inputs } = context;
  if (inputs.candidate !== undefined) {
    throw new UserError(
      `candidate and evaluator ${inputs.evaluator} are both given; the evaluator makes the candidate's results`,
    );
  }
  const config = await readConfig(context);
  const ready = (evaluated: Evaluated, claimed: boolean): Evaluator => ({
    tasks: config.tasks ?? [],
    run: async (items) => ({ ...(await runOn(context, config, evaluated, items)), claimed }),
  });
  if (inputs.start !== undefined) {
    await using server = await serve(context);
    return await work(ready(await servedAt(context, server.url), server.claimed));
  }
  if (inputs.endpoint !== undefined) return work(ready(await servedAt(context, inputs.endpoint), true));
  return work(ready(await modelFolder(context), false));
}

/** What the evaluator is asked to do. */
export async function readConfig({ inputs, host }: Context): Promise<EvaluatorConfig> {
  if (inputs.config === undefined) {
    throw new UserError(
      `evaluator: ${inputs.evaluator} needs \`config\`, which says what it evaluates (tasks: […])`,
    );
  }
  const { text, name } = await host.document(inputs.config, { input: 'config', decides: true });
  const config = readDocument(text, name, evaluatorConfig);
  const wanted = inputs.evaluator === 'command' ? 'command' : 'tasks';
  if (!config[wanted]) throw new UserError(`${name}: evaluator: ${inputs.evaluator} needs \`${wanted}\``);
  const include = config['include-path'];
  return include === undefined ? config : { ...config, 'include-path': resolve(host.workspace, include) };
}

async function servedAt(context: Context, endpoint: string): Promise<Evaluated> {
  const named = context.inputs['served-name'];
  if (named !== undefined) return { endpoint, name: named };
  const names = await models({ endpoint, apiKey: keyOf(context), signal: context.host.signal });
  if (names.length === 1) return { endpoint, name: names[0] as string };
  throw new UserError(
    `${endpoint} serves ${names.length} models (${names.join(', ')}); name one with served-name`,
  );
}

function keyOf({ inputs, host }: Context): string | undefined {
  return inputs['api-key'] ?? (inputs['api-key-env'] ? host.env[inputs['api-key-env']] : undefined);
}

async function runOn(
  context: Context,
  config: EvaluatorConfig,
  evaluated: Evaluated,
  items: ItemsOf | undefined,
): Promise<Omit<Evaluation, 'claimed'>> {
  const { inputs, host } = context;
  const folder = await mkdtemp(join(host.temp, 'evaluation-'));
  const { argv, env } = await programOf(context, config, evaluated, { folder, items });
  host.log.info(argv.join(' '));
  const done = await host.log.group(`Evaluation by ${inputs.evaluator}`, () =>
    run(argv, {
      cwd: host.workspace,
      env: {
        ...host.env,
        ...env,
        ...('endpoint' in evaluated ? { OPENAI_API_KEY: keyOf(context) ?? 'EMPTY' } : {}),
        ...config.env,
      },
      timeoutMs: duration.parse(config.timeout),
      signal: host.signal,
      capture: false,
      tailLines: 20,
      onLine: (line) => host.log.debug(line),
    }),
  );
  host.signal.throwIfAborted();
  const end = `; its last lines:\n${done.tail.join('\n')}`;
  if (done.timedOut)
    throw new ProgramError(`${inputs.evaluator} did not end within ${config.timeout} and was stopped${end}`);
  if (done.code !== 0)
    throw new ProgramError(`${inputs.evaluator} ended with ${done.code ?? done.signal}${end}`);
  // lm-eval ends with 0 though it could not save anything: only the files of this run prove that it worked
  const files = await readdir(folder, { recursive: true });
  if (!files.some((file) => /\.(json|jsonl|csv)(\.gz)?$/.test(file))) {
    throw new ProgramError(`${inputs.evaluator} ended with 0 and saved no results${end}`);
  }
  return { folder, seconds: done.durationMs / 1000 };
}

/** The program, and the environment that it needs. A user's own command runs as it is unless it asks for packages. */
async function programOf(
  context: Context,
  config: EvaluatorConfig,
  evaluated: Evaluated,
  { folder, items }: { readonly folder: string; readonly items: ItemsOf | undefined },
): Promise<{ argv: readonly string[]; env: NodeJS.ProcessEnv }> {
  const { inputs, host } = context;
  if (inputs.evaluator === 'command') {
    const itemsFile = items && (await writeItems(config, folder, items));
    const argv = (config.command ?? []).map((part) => filled(part, evaluated, folder, itemsFile));
    return {
      argv,
      env: config.requirements === undefined ? {} : (await environment(context, config.requirements)).env,
    };
  }
  if (items && inputs.evaluator === 'evalscope') {
    throw new UserError(
      'EvalScope cannot evaluate chosen items, so it cannot be stopped early; leave `stop` out of the gates',
    );
  }
  const call: EvaluatorCall =
    inputs.evaluator === 'lm-eval'
      ? lmEvalCall(config, evaluated, folder, items)
      : evalScopeCall(config, evaluated, folder);
  const requirements =
    config.requirements ??
    (inputs.evaluator === 'lm-eval' ? join(host.programs, 'requirements', 'model.txt') : EVALSCOPE);
  const python = await environment(context, requirements);
  return { argv: [python.python, ...call.argv], env: { ...python.env, ...call.env } };
}

const EVALSCOPE = ['evalscope==1.14.0'];

function environment({ host }: Context, requirements: string | readonly string[]) {
  return pythonEnvironment({
    name: 'evaluation',
    requirements: typeof requirements === 'string' ? resolve(host.workspace, requirements) : requirements,
    cacheDir: host.cacheDir,
    env: host.env,
    log: host.log.info,
    signal: host.signal,
  });
}

/** A user's program is told which items by a file: `{"<task>": [0, 5, …]}`. */
async function writeItems(config: EvaluatorConfig, folder: string, items: ItemsOf): Promise<string> {
  if (!config.command?.some((part) => part.includes('{items}'))) {
    throw new UserError(
      '`stop` evaluates some items at a time, so the command needs {items}: the path of a JSON file that lists their places in the data set',
    );
  }
  const path = `${folder}.items`;
  await writeFile(path, JSON.stringify(items));
  return path;
}

function filled(part: string, evaluated: Evaluated, output: string, items = ''): string {
  const values =
    'endpoint' in evaluated
      ? { endpoint: evaluated.endpoint, name: evaluated.name, output, items }
      : { model: evaluated.model, adapter: evaluated.adapter ?? '', output, items };
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), part);
}
