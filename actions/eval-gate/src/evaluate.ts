import { mkdtemp, readdir } from 'node:fs/promises';
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

/** Runs the evaluator against the model's folder or a server, into a folder of its own. */
export async function evaluate(context: Context): Promise<Evaluation> {
  const { inputs, host } = context;
  if (inputs.candidate !== undefined) {
    throw new UserError(
      `candidate and evaluator ${inputs.evaluator} are both given; the evaluator makes the candidate's results`,
    );
  }
  const config = await readConfig(context);
  const folder = await mkdtemp(join(host.temp, 'evaluation-'));
  if (inputs.start !== undefined) {
    await using server = await serve(context);
    return {
      ...(await runOn(context, config, await servedAt(context, server.url), folder)),
      claimed: server.claimed,
    };
  }
  if (inputs.endpoint !== undefined) {
    return {
      ...(await runOn(context, config, await servedAt(context, inputs.endpoint), folder)),
      claimed: true,
    };
  }
  return { ...(await runOn(context, config, await modelFolder(context), folder)), claimed: false };
}

async function readConfig({ inputs, host }: Context): Promise<EvaluatorConfig> {
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
  folder: string,
): Promise<Omit<Evaluation, 'claimed'>> {
  const { inputs, host } = context;
  const { argv, env } = await programOf(context, config, evaluated, folder);
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
  folder: string,
): Promise<{ argv: readonly string[]; env: NodeJS.ProcessEnv }> {
  const { inputs, host } = context;
  if (inputs.evaluator === 'command') {
    const argv = (config.command ?? []).map((part) => filled(part, evaluated, folder));
    return {
      argv,
      env: config.requirements === undefined ? {} : (await environment(context, config.requirements)).env,
    };
  }
  const call: EvaluatorCall = (inputs.evaluator === 'lm-eval' ? lmEvalCall : evalScopeCall)(
    config,
    evaluated,
    folder,
  );
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

function filled(part: string, evaluated: Evaluated, output: string): string {
  const values =
    'endpoint' in evaluated
      ? { endpoint: evaluated.endpoint, name: evaluated.name, output }
      : { model: evaluated.model, adapter: evaluated.adapter ?? '', output };
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), part);
}
