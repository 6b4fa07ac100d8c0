import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, UserError } from '@sluice/contract';
import {
  type Evaluated,
  type EvaluatorCall,
  type EvaluatorConfig,
  evalScopeCall,
  evalScopeSlice,
  lmEvalCall,
} from '@sluice/evaluation';
import { type PythonEnvironment, pythonEnvironment } from '@sluice/process';
import type { Context } from '../context.ts';
import type { Part } from './items.ts';

/** What the evaluator needs to run. */
export interface Program {
  /** The packages it runs with; null for a user's command that asks for none. */
  readonly environment: Digest | null;
  /** What comes before its arguments. */
  readonly interpreter: readonly string[];
  /** The variables of its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Its arguments and own variables, for what is evaluated and the folder that the results go into. */
  call(evaluated: Evaluated, folder: string, part?: Part): Promise<EvaluatorCall>;
}

const EVALSCOPE = ['evalscope==1.14.0'];

/** The program, and the environment that it needs. A user's own command runs as it is unless it asks for packages. */
export async function programOf(context: Context, config: EvaluatorConfig): Promise<Program> {
  const { inputs, host } = context;
  if (inputs.evaluator === 'command') {
    const python = config.requirements === undefined ? null : await environment(context, config.requirements);
    return {
      environment: (python?.digest as Digest | undefined) ?? null,
      interpreter: [],
      env: python?.env ?? {},
      call: async (evaluated, folder, part) => {
        const itemsFile = part && (await writeItems(config, folder, part));
        const argv = (config.command ?? []).map((part) => filled(part, evaluated, folder, itemsFile));
        return { argv, env: {} };
      },
    };
  }
  const lmEval = inputs.evaluator === 'lm-eval';
  const shipped = lmEval ? join(host.programs, 'requirements', 'model.txt') : EVALSCOPE;
  const python = await environment(context, config.requirements ?? shipped);
  return {
    environment: python.digest as Digest,
    interpreter: [python.python],
    env: python.env,
    call: async (evaluated, folder, part) => {
      if (lmEval) return lmEvalCall(config, evaluated, folder, part?.items);
      const mine = part
        ? await evalScopeSlice(config, part.items, part.of, host.workspace, `${folder}.data`)
        : config;
      return evalScopeCall(mine, evaluated, folder);
    },
  };
}

function environment(
  { host }: Context,
  requirements: string | readonly string[],
): Promise<PythonEnvironment> {
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
async function writeItems(config: EvaluatorConfig, folder: string, { items }: Part): Promise<string> {
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
