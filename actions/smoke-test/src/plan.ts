import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { duration, type Inputs, messageOf, readDocument, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { DEFAULT_PROMPTS } from '@sluice/inference';
import type { definition } from './definition.ts';
import { type AnswerCheck, answerChecks, assertChecks } from './documents/checks.ts';
import { type LoadPlan, loadPlan } from './documents/load.ts';
import { readPrompts } from './documents/prompts.ts';
import { type StartPlan, startOf, startPlan } from './documents/start.ts';

export type In = Inputs<(typeof definition)['inputs']>;

/** What is to be tested, and how; every mistake of the user has been found by now. */
export interface Plan {
  readonly server:
    | { readonly endpoint: string }
    | { readonly start: StartPlan; readonly readyTimeoutMs: number };
  /** Undefined: what the server itself names. */
  readonly model: string | undefined;
  readonly prompts: readonly string[];
  readonly checks: readonly AnswerCheck[];
  readonly load: LoadPlan | undefined;
  readonly apiKey: string | undefined;
}

export async function readPlan(inputs: In, host: Host): Promise<Plan> {
  return {
    server: await serverOf(inputs, host),
    model: inputs.model === 'auto' ? undefined : inputs.model,
    prompts: inputs.prompts === undefined ? DEFAULT_PROMPTS : await promptsOf(inputs.prompts, host),
    checks: await checksOf(inputs, host),
    load: inputs.load && (await read(inputs.load, 'load', host, loadPlan)),
    apiKey: keyOf(inputs, host),
  };
}

async function serverOf({ endpoint, start }: In, host: Host): Promise<Plan['server']> {
  if (endpoint !== undefined && start !== undefined)
    throw new UserError('both `endpoint` and `start` are given; give the one server that is to be tested');
  if (endpoint !== undefined) return { endpoint };
  if (start === undefined)
    throw new UserError(
      'there is nothing to test: give `endpoint` (a server that runs) or `start` (how to bring one up)',
    );
  const plan = startOf(await read(start, 'start', host, startPlan));
  try {
    return { start: plan, readyTimeoutMs: duration.parse(plan['ready-timeout']) };
  } catch (error) {
    throw new UserError(
      `start: ready-timeout '${plan['ready-timeout']}' ${messageOf(error)}; allowed: ${duration.rule}`,
    );
  }
}

async function promptsOf(file: string, host: Host): Promise<string[]> {
  const text = await readFile(resolve(host.workspace, file), 'utf8').catch((error: unknown) => {
    throw new UserError(
      `prompts: '${file}' cannot be read (${messageOf(error)}); give a path relative to the checkout`,
    );
  });
  return readPrompts(text, file);
}

async function checksOf({ checks }: In, host: Host): Promise<readonly AnswerCheck[]> {
  if (checks === undefined) return [];
  const list = await read(checks, 'checks', host, answerChecks);
  assertChecks(list, 'checks');
  return list;
}

async function read<T>(
  source: NonNullable<In['start']>,
  input: string,
  host: Host,
  schema: Parameters<typeof readDocument<T>>[2],
): Promise<T> {
  const { text, name } = await host.document(source, { input, decides: false });
  return readDocument(text, name, schema);
}

function keyOf(inputs: In, host: Host): string | undefined {
  const name = inputs['api-key-env'];
  if (name === undefined) return inputs['api-key'];
  if (inputs['api-key'] !== undefined)
    throw new UserError('both `api-key` and `api-key-env` are given; give one of them');
  const key = host.env[name];
  if (!key)
    throw new UserError(
      `api-key-env: the variable ${name} is ${key === undefined ? 'not set' : 'empty'} in this job; set it, or leave the input out for a server without a key`,
    );
  host.mask(key);
  return key;
}
