import { SystemError, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  type Client,
  connect,
  type Exchange,
  load,
  type Measured,
  type Probe,
  probe,
  type Summary,
  servedModel,
  summarize,
  warmUp,
} from '@sluice/inference';
import { nameOf, shortfall } from './documents/checks.ts';
import type { In, Plan } from './plan.ts';
import type { Server } from './server.ts';

/** A named thing that must hold, and whether it did. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen, in one sentence. */
  readonly detail: string;
}

/** All that the server was asked, and what it said. */
export interface Findings {
  readonly model: string | undefined;
  readonly probes: readonly Probe[];
  /** One a prompt and way of asking, and one an answer check. */
  readonly checks: readonly Check[];
  readonly summary: Summary;
}

/** Asks all that the plan names. @throws SystemError where there is no server at all. */
export async function ask(plan: Plan, inputs: In, server: Server, host: Host): Promise<Findings> {
  const client = connect({
    endpoint: server.endpoint,
    apiKey: plan.apiKey,
    timeoutMs: inputs.timeout,
    signal: host.signal,
  });
  const found = await modelOf(plan, client);
  if ('problem' in found) {
    const checks = [{ name: 'models', passed: false, detail: found.problem }];
    return { model: undefined, probes: [], checks, summary: summarize([], 0) };
  }
  const model = found.id;
  const asked = { client, model, maxTokens: inputs['max-tokens'] };
  if (inputs.warmup > 0)
    await warm(() => warmUp({ ...asked, prompts: plan.prompts, requests: inputs.warmup }), host);

  const { probes, durationMs } = await host.log.group(`Ask ${model} at ${client.base}`, () =>
    probe({ ...asked, prompts: plan.prompts, onProbe: (p) => host.log.info(lineOf(p)) }),
  );
  host.signal.throwIfAborted();
  const first = probes[0]?.exchange;
  if (first?.ok === false && probes.every((p) => refused(p.exchange)) && server.alive())
    throw new SystemError(`${first.message}; is the address right, and does the server run?`);
  const answers = await askChecks(plan, client, model, host);
  const under = plan.load
    ? await host.log.group(`Load: ${plan.load.requests} requests`, () => underLoad(plan, asked, host))
    : { measured: [], durationMs: 0 };
  host.signal.throwIfAborted();
  return {
    model,
    probes,
    checks: [...probes.map((p) => checkOf(p, plan.prompts)), ...answers.map((a) => a.check)],
    summary: summarize(
      [...probes, ...answers.map((a) => a.measured), ...under.measured],
      durationMs + answers.reduce((sum, a) => sum + a.measured.exchange.latencyMs, 0) + under.durationMs,
    ),
  };
}

const refused = (exchange: Exchange) => !exchange.ok && exchange.kind === 'refused';

/** The model to ask. @throws UserError where only the user can tell; SystemError where there is no server. */
async function modelOf(plan: Plan, client: Client): Promise<{ id: string } | { problem: string }> {
  if (plan.model !== undefined) return { id: plan.model };
  const found = await servedModel(client);
  if ('id' in found) return found;
  if ('start' in plan.server && plan.server.start.model !== undefined) return { id: plan.server.start.model };
  if (found.failed?.kind === 'refused') throw new SystemError(found.failed.message);
  const advice = 'name the one to test with the input `model`';
  if (!found.failed) throw new UserError(`model: ${found.problem}; ${advice}`);
  return { problem: `${found.problem}; where that is all that is wrong, ${advice}` };
}

async function warm(work: () => Promise<Exchange[]>, host: Host): Promise<void> {
  const exchanges = await host.log.group('Warm up', work);
  const failures = exchanges.filter((e) => !e.ok);
  host.log.info(`${exchanges.length - failures.length} of ${exchanges.length} requests answered`);
  if (failures[0]) host.log.warn(`warm-up: ${failures[0].message}`);
}

async function askChecks(plan: Plan, client: Client, model: string, host: Host) {
  const asked: { check: Check; measured: Measured }[] = [];
  for (const check of plan.checks) {
    const exchange = await client.chat(model, {
      messages: [
        ...(check.system === undefined ? [] : [{ role: 'system' as const, content: check.system }]),
        { role: 'user', content: check.prompt },
      ],
      stream: false,
      ...(check['max-tokens'] === undefined ? {} : { maxTokens: check['max-tokens'] }),
    });
    host.signal.throwIfAborted();
    const problem = exchange.ok ? shortfall(check, exchange.text) : exchange.message;
    const shown = exchange.ok ? ` (${excerpt(exchange.text)})` : '';
    asked.push({
      check: {
        name: `check: ${nameOf(check)}`,
        passed: problem === undefined,
        detail: problem === undefined ? `as wanted${shown}` : `${problem}${shown}`,
      },
      measured: { stream: false, exchange },
    });
  }
  return asked;
}

const underLoad = (
  { load: plan, prompts }: Plan,
  asked: { client: Client; model: string; maxTokens: number },
  host: Host,
) =>
  load({
    ...asked,
    prompts,
    requests: plan?.requests ?? 0,
    concurrency: plan?.concurrency ?? 1,
    maxTokens: plan?.['max-tokens'] ?? asked.maxTokens,
    ...(plan?.rate === undefined ? {} : { rate: plan.rate }),
    ...(plan?.seed === undefined ? {} : { seed: plan.seed }),
    signal: host.signal,
  });

/** The name says which prompt by its number: prompts may be long, secret or in any script. */
function checkOf(p: Probe, prompts: readonly string[]): Check {
  return {
    name: `prompt ${prompts.indexOf(p.prompt) + 1} ${p.stream ? 'streamed' : 'whole'}`,
    passed: p.exchange.ok,
    detail: p.exchange.ok ? excerpt(p.exchange.text) : p.exchange.message,
  };
}

const lineOf = ({ prompt, stream, exchange: e }: Probe) =>
  `${e.ok ? 'answered' : 'FAILED'} in ${Math.round(e.latencyMs)} ms ${stream ? 'streamed' : 'whole'}: ${excerpt(prompt)} -> ${excerpt(e.ok ? e.text : e.message)}`;

/** The beginning of a text, on one line. */
export function excerpt(text: string, length = 100): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : characters.join('');
}
