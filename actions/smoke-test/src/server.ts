import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { duration, ProgramError, SystemError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { connect, waitUntilReady } from '@sluice/inference';
import { freePort, type Service, start } from '@sluice/process';
import { groupMemory } from './memory.ts';
import type { Plan } from './plan.ts';

/** How long a program may take to end after a connection to it broke, milliseconds. */
const SETTLE_MS = 2000;

/** The server under test. One that we brought up is ours to end. */
export interface Server {
  readonly endpoint: string;
  /** False once a program that we started has ended. */
  alive(): boolean;
  /**
   * Waits a moment for the end of a program whose answer failed: a connection breaks before the end of the program is seen. At once where
   * it has ended already.
   */
  settle(): Promise<void>;
  /** The last lines of a program that we started. */
  tail(): readonly string[];
  /** Resident bytes of a program that we started, with its children; undefined where that cannot be seen. */
  memory(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** The server at an address, or a new one that has begun to answer. */
export async function serverOf(plan: Plan, host: Host): Promise<Server> {
  if ('endpoint' in plan.server) {
    const nothing = {
      alive: () => true,
      settle: async () => {},
      tail: () => [],
      memory: async () => undefined,
      stop: async () => {},
    };
    return { endpoint: plan.server.endpoint, ...nothing };
  }
  return host.log.group('Bring up the server', () => bringUp(plan, host));
}

async function bringUp({ server, apiKey }: Plan, host: Host): Promise<Server> {
  if ('endpoint' in server) throw new TypeError('nothing to bring up');
  const { start: plan, readyTimeoutMs } = server;
  const port = plan.port ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  const fill = (text: string) => text.replaceAll('{port}', String(port));
  const argv = plan.command.map(fill);
  if (await answers(endpoint, host))
    throw new SystemError(
      `start: something already answers on port ${port}, so a test could not tell it from '${argv[0]}'; choose another port, or write {port} for a free one`,
    );
  host.log.info(`${argv.join(' ')}`);
  const service = await start(argv, {
    cwd: resolve(host.workspace, plan.cwd ?? '.'),
    env: { ...host.env, ...Object.fromEntries(Object.entries(plan.env ?? {}).map(([k, v]) => [k, fill(v)])) },
    signal: host.signal,
    onLine: (line) => host.log.debug(line),
  });
  try {
    await untilReady(service, { endpoint, apiKey, readyTimeoutMs, program: argv[0] as string }, host);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return {
    endpoint,
    alive: () => service.running,
    settle: async () => {
      const enough = new AbortController();
      const moment = delay(SETTLE_MS, undefined, { signal: enough.signal }).catch(() => {});
      await Promise.race([service.closed, moment]);
      enough.abort();
    },
    tail: () => service.tail(),
    memory: () => groupMemory(service.pid),
    stop: () => service.stop(),
  };
}

async function untilReady(
  service: Service,
  {
    endpoint,
    apiKey,
    readyTimeoutMs,
    program,
  }: { endpoint: string; apiKey: string | undefined; readyTimeoutMs: number; program: string },
  host: Host,
): Promise<void> {
  const began = performance.now();
  const client = connect({ endpoint, apiKey, timeoutMs: 5000, signal: host.signal });
  const ready = await waitUntilReady({
    client,
    timeoutMs: readyTimeoutMs,
    alive: () => service.running,
    signal: host.signal,
  });
  host.signal.throwIfAborted();
  const said = () =>
    service
      .tail()
      .map((line) => `  ${line}`)
      .join('\n');
  if (!service.running) {
    const { code, signal } = await service.exited;
    throw new ProgramError(
      `start: '${program}' ended (${signal ?? `exit ${code}`}) before it answered at ${endpoint}. Its last lines:\n${said()}`,
    );
  }
  if (!ready.ok)
    throw new SystemError(
      `start: '${program}' runs, but did not answer at ${endpoint} within ${duration.format(readyTimeoutMs)} (${ready.message}); does it listen on 127.0.0.1 and that port? Its last lines:\n${said()}`,
    );
  host.log.info(`it answers at ${endpoint} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Whether anything at all answers on an address. */
async function answers(endpoint: string, host: Host): Promise<boolean> {
  const found = await connect({ endpoint, timeoutMs: 2000, signal: host.signal }).models();
  return found.ok || found.kind !== 'refused';
}
