import { Agent, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overTls, Agent as TlsAgent } from 'node:https';
import { messageOf, SystemError } from '@sluice/contract';
import type { Cluster, Login } from '../config/login.ts';

/** One request, without what the login adds. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly type?: string | undefined;
  readonly body?: string | undefined;
  /** Until the answer begins, ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Connections of one cluster and one login, kept open. */
export class Connections {
  readonly #cluster: Cluster;
  readonly #login: Login;
  readonly #agent: Agent;
  readonly #tls: boolean;

  constructor(cluster: Cluster, login: Login) {
    this.#cluster = cluster;
    this.#login = login;
    this.#tls = cluster.server.protocol === 'https:';
    const kept = { keepAlive: true, ...(cluster.proxy ? { proxyEnv: proxies(cluster.proxy) } : {}) };
    this.#agent = this.#tls
      ? new TlsAgent({
          ...kept,
          ca: cluster.authority,
          cert: login.certificate,
          key: login.key,
          rejectUnauthorized: !cluster.insecure,
          ...(cluster.serverName ? { servername: cluster.serverName } : {}),
        })
      : new Agent(kept);
  }

  /** Sends it; the answer's body is still to be read. @throws SystemError where no answer comes */
  async send({ method, path, type, body, timeout, signal }: Exchange): Promise<IncomingMessage> {
    signal?.throwIfAborted();
    const { server, headers } = this.#cluster;
    const base = server.pathname.replace(/\/$/, '');
    const options = {
      method,
      agent: this.#agent,
      headers: {
        accept: 'application/json',
        'user-agent': 'sluice',
        ...headers,
        ...(this.#login.token ? { authorization: `Bearer ${this.#login.token}` } : {}),
        ...(body === undefined
          ? {}
          : { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      ...(signal ? { signal } : {}),
    };
    const url = new URL(base + path, server);
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (this.#tls ? overTls : overHttp)(url, options, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
      sent.on('error', (error) => {
        clearTimeout(timer);
        reject(signal?.aborted ? signal.reason : unreachable(this.#cluster, error));
      });
      sent.end(body);
    });
  }

  /** No further request is sent on them; those under way end as they would. */
  retire(): void {
    for (const sockets of Object.values(this.#agent.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }
}

/** No connection came to be, or it broke; `sent` is false where the request cannot have arrived. */
export class Unreachable extends SystemError {
  readonly arrived: boolean;

  constructor(message: string, arrived: boolean) {
    super(message);
    this.arrived = arrived;
  }
}

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function unreachable({ server, who }: Cluster, error: Error): Unreachable {
  const { code = '' } = error as NodeJS.ErrnoException;
  const what = `No answer from the Kubernetes API at ${server.origin} (${who}): `;
  if (/CERT|SIGNATURE|ALTNAME|SSL|TLS/.test(code))
    return new Unreachable(
      `${what}its certificate is not trusted (${messageOf(error)}). The authority that signed it belongs into certificate-authority-data of the cluster.`,
      false,
    );
  return new Unreachable(
    `${what}${code === 'ECONNREFUSED' ? 'nothing listens there' : messageOf(error)}.`,
    !NEVER_ARRIVED.has(code),
  );
}

function proxies(proxy: string): Record<string, string> {
  return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
}

/** The whole body as text. @throws SystemError where the connection breaks */
export async function bodyOf(
  answer: IncomingMessage,
  timeout: number,
  signal?: AbortSignal,
): Promise<string> {
  const timer = setTimeout(
    () => answer.destroy(new Error(`the answer did not end within ${timeout} ms`)),
    timeout,
  );
  try {
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  } catch (error) {
    signal?.throwIfAborted();
    throw new Unreachable(`The Kubernetes API broke off its answer: ${messageOf(error)}.`, true);
  } finally {
    clearTimeout(timer);
  }
}
