import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, DEFAULT_PROMPTS, warmUp } from '@sluice/inference';
import { type PythonEnvironment, type Service, start } from '@sluice/process';
import { freePorts } from '../../test/parts/haproxy.ts';

export type SlotName = 'stable' | 'canary';

/** What a team's deployment command asks for. */
export interface Deployment {
  readonly runId: string;
  readonly version: string;
  readonly image?: string;
  readonly serving?: { readonly 'slow-ms'?: number; readonly 'fail-over'?: number };
}

export interface SlotsOptions {
  readonly python: PythonEnvironment;
  /** Folder of the base model. */
  readonly base: string;
  /** Folder of a run's adapter; undefined: the run is the base model itself. */
  readonly adapterOf: (runId: string) => Promise<string | undefined>;
  /** The slot that no user is sent to now; undefined while users are in both. */
  readonly free: () => Promise<SlotName | undefined>;
  /** Where the servers keep temporary files; default: the machine's own place. */
  readonly temp?: string;
  readonly signal: AbortSignal;
}

interface Slot {
  readonly port: number;
  service: Service | undefined;
}

/**
 * Keeps the two servers of the demo. It is what a cluster would be elsewhere: `PUT /free-slot` brings a version up in the slot that
 * no user is sent to, and answers when that server answers.
 */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #slots: Readonly<Record<SlotName, Slot>>;
  readonly #server: Server;
  #url = '';

  private constructor(options: SlotsOptions, ports: readonly [number, number]) {
    this.#options = options;
    this.#slots = {
      stable: { port: ports[0], service: undefined },
      canary: { port: ports[1], service: undefined },
    };
    this.#server = createServer((request, response) => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.method !== 'PUT' || request.url !== '/free-slot')
        return answer(404, { error: 'no such path' });
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        this.#deploy(text).then(
          (done) => answer(200, done),
          (error: Error) => answer(409, { error: error.message }),
        );
      });
    });
  }

  static async start(options: SlotsOptions): Promise<Slots> {
    const slots = new Slots(options, (await freePorts(2)) as [number, number]);
    await new Promise<void>((resolve) => slots.#server.listen(0, '127.0.0.1', resolve));
    slots.#url = `http://127.0.0.1:${(slots.#server.address() as { port: number }).port}`;
    return slots;
  }

  /** Where deployment commands ask. */
  get keeper(): string {
    return this.#url;
  }

  address(slot: SlotName): string {
    return `127.0.0.1:${this.#slots[slot].port}`;
  }

  async #deploy(text: string): Promise<{ slot: SlotName; url: string }> {
    const deployment = JSON.parse(text) as Deployment;
    const slot = await this.#options.free();
    if (!slot) throw new Error('users are in both slots: a rollout is under way');
    return this.serve(slot, deployment);
  }

  /** Serves a version in a slot instead of what was there; settles when it has answered. */
  async serve(
    slot: SlotName,
    { runId, version, serving }: Deployment,
  ): Promise<{ slot: SlotName; url: string }> {
    const { python, base, adapterOf, temp, signal } = this.#options;
    const place = this.#slots[slot];
    await place.service?.stop();
    const adapter = await adapterOf(runId);
    const argv = [python.python, join(import.meta.dirname, 'serve.py'), '--model', base];
    if (adapter) argv.push('--adapter', adapter);
    for (const [name, value] of Object.entries(serving ?? {})) argv.push(`--${name}`, String(value));
    const service = await start([...argv, '--name', version, '--port', String(place.port)], {
      env: { ...python.env, PYTHONUNBUFFERED: '1', ...(temp ? { TMPDIR: temp } : {}) },
      signal,
      graceMs: 1000,
    });
    place.service = service;
    const url = `http://${this.address(slot)}`;
    const client = connect({ endpoint: url, signal, timeoutMs: 60_000 });
    for (const end = Date.now() + 240_000; ; await sleep(200, undefined, { signal })) {
      if (!service.running)
        throw new Error(`the server of ${version} ended:\n${service.tail().slice(-8).join('\n')}`);
      if ((await client.models()).ok) break;
      if (Date.now() > end) throw new Error(`the server of ${version} does not answer after 4 minutes`);
    }
    await warmUp({ client, model: version, prompts: DEFAULT_PROMPTS, maxTokens: 8, requests: 4 });
    return { slot, url };
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#slots).map(({ service }) => service?.stop()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
