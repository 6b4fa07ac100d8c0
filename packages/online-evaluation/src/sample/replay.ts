import { SystemError } from '@sluice/contract';
import { type Client, connect, servedModel } from '@sluice/inference';
import type { Answer, Slot } from '../answer.ts';
import { together } from '../together.ts';

export interface ReplayOptions {
  /** Addresses of the servers behind the slots. */
  readonly endpoints: Readonly<Record<Slot, string>>;
  readonly apiKey: string | undefined;
  readonly maxTokens: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Replayed {
  /** Two answers for each prompt that both versions answered; their names differ in the last letter, which tells nothing of versions. */
  readonly answers: readonly Answer[];
  /** Prompts that one version or the other did not answer. An empty answer is an answer. */
  readonly lost: number;
}

/**
 * Asks both versions each prompt of the sample, and gives their answers in pairs: the same questions to both leave nothing but the
 * versions to differ.
 * @throws UserError, SystemError where a server does not say which model it serves
 */
export async function replay(sample: readonly Answer[], options: ReplayOptions): Promise<Replayed> {
  const { endpoints, apiKey, timeoutMs, signal, maxTokens } = options;
  const client = (slot: Slot) => connect({ endpoint: endpoints[slot], apiKey, timeoutMs, signal });
  const clients = { stable: client('stable'), canary: client('canary') };
  const models = { stable: await modelOf(clients.stable), canary: await modelOf(clients.canary) };
  const prompts = [
    ...new Map(
      sample.flatMap((answer) =>
        answer.prompt === undefined || answer.prompt.trim() === '' ? [] : [[answer.prompt, answer] as const],
      ),
    ).values(),
  ];
  const ask = async (slot: Slot, { id, prompt, time }: Answer): Promise<Answer | undefined> => {
    const said = await clients[slot].chat(models[slot], {
      messages: [{ role: 'user', content: prompt as string }],
      stream: false,
      maxTokens,
    });
    if (!said.ok && said.kind !== 'empty') return undefined;
    return {
      id: `${id}.${letterOf(id, slot)}`,
      slot,
      prompt,
      response: said.ok ? said.text : '',
      time,
    };
  };
  const pairs = await together(prompts, options.concurrency, async (answer) => {
    const [a, b] = [await ask('stable', answer), await ask('canary', answer)];
    return a && b ? [a, b] : undefined;
  });
  signal.throwIfAborted();
  const whole = pairs.filter((pair) => pair !== undefined);
  const answers = whole.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
  return { answers, lost: pairs.length - whole.length };
}

/** The two answers of one prompt, in either order by the prompt's own name. */
function letterOf(id: string, slot: Slot): 'a' | 'b' {
  return (Number.parseInt(id.slice(-1), 16) % 2 === 0) === (slot === 'stable') ? 'a' : 'b';
}

/** What the name of a replayed answer shares with the other version's. */
export const promptOf = (id: string): string => id.slice(0, -2);

async function modelOf(client: Client): Promise<string> {
  const served = await servedModel(client);
  if ('id' in served) return served.id;
  throw new SystemError(`The prompts cannot be asked anew: ${served.problem}.`);
}
