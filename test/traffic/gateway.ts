import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HaproxyConfig, haproxyConfig, openRouter, type Router } from '@sluice/traffic';
import { freePorts, Haproxy, installHaproxy } from '../parts/haproxy.ts';
import { ModelServer } from './model-server.ts';

/** A real HAProxy with the reference configuration before two tiny servers, in a folder of its own. */
export interface Gateway extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  readonly port: number;
  readonly metricsUrl: string;
  readonly target: string;
  readonly haproxy: Haproxy;
  readonly stable: ModelServer;
  readonly canary: ModelServer;
  open(query?: string): Promise<Router>;
}

/** Starts one; `change` may alter the text of its configuration, `more` names further configuration files in its folder. */
export async function startGateway(
  options: {
    readonly config?: Partial<HaproxyConfig>;
    readonly change?: (config: string) => string;
    readonly more?: readonly string[];
  } = {},
): Promise<Gateway> {
  const program = await installHaproxy(console.log);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gateway-'));
  const [stable, canary] = await Promise.all([ModelServer.start('stable'), ModelServer.start('canary')]);
  const [port, metrics] = (await freePorts(2)) as [number, number];
  const socket = join(folder, 'admin.sock');
  const config = haproxyConfig({
    socket,
    bind: `127.0.0.1:${port}`,
    stable: [`127.0.0.1:${stable.port}`],
    canary: [`127.0.0.1:${canary.port}`],
    metrics: `127.0.0.1:${metrics}`,
    ...options.config,
  });
  const stopServers = async (): Promise<void> => {
    await Promise.all([stable.stop(), canary.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  let haproxy: Haproxy;
  try {
    const more = (options.more ?? []).map((name) => join(folder, name));
    haproxy = await Haproxy.start(program, folder, options.change?.(config) ?? config, port, more);
  } catch (error) {
    await stopServers();
    throw error;
  }
  const target = `unix:${socket}?frontend=users&var=canary`;
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    port,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    target,
    haproxy,
    stable,
    canary,
    open: (query = '') => openRouter({ kind: 'haproxy', target: target + query }),
    [Symbol.asyncDispose]: async () => {
      await haproxy.stop();
      await stopServers();
    },
  };
}

/** The version that answers a user. */
export async function versionFor(url: string, user: string): Promise<string> {
  const response = await fetch(url, { headers: { 'x-user-id': user } });
  return await response.text();
}
