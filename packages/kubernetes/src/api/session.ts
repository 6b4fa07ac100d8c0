import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemError } from '@sluice/contract';
import type { Cluster } from '../config/login.ts';
import { refusal } from './errors.ts';
import { bodyOf, Connections, type Exchange, Unreachable } from './exchange.ts';

/** One call of the API. */
export interface Call extends Omit<Exchange, 'timeout' | 'body'> {
  readonly body?: object | undefined;
  /** Said in errors: `read Deployment default/qwen`. */
  readonly what: string;
  /** Whether doing it twice is the same as once. What is not is repeated only where it cannot have been done. */
  readonly idempotent: boolean;
}

const ATTEMPTS = 4;
/** Upper bound of the first pause, ms; it doubles each time. */
const PAUSE = 200;
/** The server has not worked on it: it was too busy. */
const BUSY = new Set([429, 503]);
/** A login is renewed this long before it ends, ms. */
const EARLY = 10_000;

/** A login that is kept while it lasts, and the calls that are made with it. */
export class Session {
  readonly cluster: Cluster;
  readonly #timeout: number;
  #open: { readonly connections: Connections; readonly expires: number } | undefined;

  constructor(cluster: Cluster, timeout: number) {
    this.cluster = cluster;
    this.#timeout = timeout;
  }

  /** @throws KubernetesError where it is refused, SystemError where no answer comes */
  async call<T>(call: Call): Promise<T> {
    const answer = await this.stream(call);
    return objectIn(await bodyOf(answer, this.#timeout, call.signal), this.cluster) as T;
  }

  /** The same with the body still to be read. */
  async stream(call: Call): Promise<IncomingMessage> {
    const { signal, idempotent, what } = call;
    const { server, who } = this.cluster;
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= ATTEMPTS;
      const connections = await this.#connections(signal);
      let answer: IncomingMessage;
      try {
        answer = await connections.send({
          ...call,
          body: call.body && JSON.stringify(call.body),
          timeout: this.#timeout,
        });
      } catch (error) {
        if (!(error instanceof Unreachable) || last || (error.arrived && !idempotent)) throw error;
        await pause(attempt, undefined, signal);
        continue;
      }
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return answer;
      const text = await bodyOf(answer, this.#timeout, signal);
      if (status === 401 && !renewed) {
        // a token may have ended earlier than it said
        renewed = true;
        this.#forget();
      } else if (last || !(BUSY.has(status) || (idempotent && status >= 500))) {
        throw refusal(status, text, { what, who, server: `The Kubernetes API at ${server.origin}` });
      } else {
        await pause(attempt, answer.headers['retry-after'], signal);
      }
    }
  }

  async #connections(signal: AbortSignal | undefined): Promise<Connections> {
    if (this.#open && Date.now() < this.#open.expires - EARLY) return this.#open.connections;
    this.#forget();
    const login = await this.cluster.login(signal);
    const { expires = Number.POSITIVE_INFINITY } = login;
    this.#open = { connections: new Connections(this.cluster, login), expires };
    return this.#open.connections;
  }

  #forget(): void {
    this.#open?.connections.retire();
    this.#open = undefined;
  }
}

/** Whatever the API answers has a kind; the page of a login, or of a proxy in between, has none. */
function objectIn(text: string, { server, who }: Cluster): object {
  let object: { readonly kind?: unknown } | null = null;
  try {
    object = JSON.parse(text);
  } catch {
    // said below
  }
  if (typeof object?.kind === 'string') return object;
  throw new SystemError(
    `${server.origin} answers as no Kubernetes API does (no object). Is something else in between? The address is the one of ${who}.`,
  );
}

async function pause(attempt: number, asked: string | undefined, signal: AbortSignal | undefined) {
  const jitter = Math.random() * PAUSE * 2 ** (attempt - 1);
  const seconds = asked !== undefined && /^\d+$/.test(asked) ? Number(asked) : 0;
  await sleep(Math.max(jitter, Math.min(seconds, 10) * 1000), undefined, signal ? { signal } : {});
}
