import { join } from 'node:path';
import { haproxyConfig, openRouter, type Router } from '@sluice/traffic';
import { freePorts, Haproxy } from '../../test/parts/haproxy.ts';

/** HAProxy before the two slots. */
export interface Gateway {
  readonly port: number;
  /** The input `target` of canary-step and rollback. */
  readonly target: string;
  /** The JSON access log. */
  readonly log: string;
  readonly router: Router;
  stop(): Promise<void>;
}

/** Starts HAProxy with the reference configuration of the traffic room, in `folder`. */
export async function startGateway(
  program: string,
  folder: string,
  slots: { readonly stable: string; readonly canary: string },
): Promise<Gateway> {
  const [port] = (await freePorts(1)) as [number];
  const socket = join(folder, 'admin.sock');
  const config = haproxyConfig({
    socket,
    bind: `127.0.0.1:${port}`,
    stable: [slots.stable],
    canary: [slots.canary],
  });
  const haproxy = await Haproxy.start(program, folder, config, port);
  const target = `unix:${socket}?frontend=users&var=canary`;
  return {
    port,
    target,
    log: haproxy.log,
    router: await openRouter({ kind: 'haproxy', target }),
    stop: () => haproxy.stop(),
  };
}
