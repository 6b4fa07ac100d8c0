import { type Client, type ClientOptions, connect } from './client.ts';
import type { Exchange } from './exchange.ts';
import { DEFAULT_PROMPTS } from './prompts.ts';
import type { Measured } from './summary.ts';

export interface Probe extends Measured {
  readonly prompt: string;
}

export interface ProbeOptions {
  readonly client: Client;
  readonly model: string;
  readonly prompts: readonly string[];
  readonly maxTokens?: number;
  /** Called as each answer arrives. */
  readonly onProbe?: (probe: Probe) => void;
}

/** Asks each prompt twice, one after the other: for a whole answer, then for a stream. */
export async function probe(options: ProbeOptions): Promise<{ probes: Probe[]; durationMs: number }> {
  const began = performance.now();
  const probes: Probe[] = [];
  for (const prompt of options.prompts) {
    for (const stream of [false, true]) {
      const exchange = await ask(options, prompt, stream);
      const done = { prompt, stream, exchange };
      probes.push(done);
      options.onProbe?.(done);
    }
  }
  return { probes, durationMs: performance.now() - began };
}

export interface WarmUpOptions extends Omit<ProbeOptions, 'client' | 'prompts' | 'onProbe'> {
  readonly requests: number;
  /** Default: {@link DEFAULT_PROMPTS}. */
  readonly prompts?: readonly string[];
}

/** Requests that are not measured: the first ones compile kernels and fill caches. Ends at the first that finds no server. */
export async function warmUp(
  options: WarmUpOptions & (ClientOptions | { readonly client: Client }),
): Promise<Exchange[]> {
  const client = 'client' in options ? options.client : connect(options);
  const prompts = options.prompts ?? DEFAULT_PROMPTS;
  const exchanges: Exchange[] = [];
  for (let i = 0; i < options.requests; i++) {
    const prompt = prompts[i % prompts.length] as string;
    const exchange = await ask({ ...options, client, prompts }, prompt, i % 2 === 1);
    exchanges.push(exchange);
    if (!exchange.ok && (exchange.kind === 'refused' || exchange.kind === 'cancelled')) break;
  }
  return exchanges;
}

const ask = ({ client, model, maxTokens }: ProbeOptions, prompt: string, stream: boolean) =>
  client.chat(model, {
    messages: [{ role: 'user', content: prompt }],
    stream,
    ...(maxTokens === undefined ? {} : { maxTokens }),
  });
