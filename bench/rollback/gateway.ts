import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, start } from '@sluice/process';
import { haproxyConfig, openRouter, type Router } from '@sluice/traffic';

/** A HAProxy before two servers, with users that never stop coming. */
export interface Gateway {
  readonly folder: string;
  readonly target: string;
  readonly router: Router;
  /** When the canary was last asked, by `performance.now()`. */
  lastCanary(): number;
  /** Requests since the last call that got no 200. */
  failures(): number;
  /** Writes the share into the configuration and reloads it, as the master process does on SIGUSR2. */
  reload(percent: number): Promise<void>;
  /** The workers of earlier reloads are gone; until then the master may miss a signal. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one as master and worker, so that both ways work on the same process. `perSecond`: requests of the users. */
export async function startGateway(program: string, perSecond: number): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  let lastCanary = 0;
  const [stable, canary] = await Promise.all([
    server(() => {}),
    server(() => (lastCanary = performance.now())),
  ]);
  const port = await freePort();
  const socket = join(folder, 'admin.sock');
  const file = join(folder, 'haproxy.cfg');
  const config = haproxyConfig({
    socket,
    bind: `127.0.0.1:${port}`,
    stable: [address(stable)],
    canary: [address(canary)],
  });
  const write = (percent: number) =>
    writeFile(
      file,
      config.replace('set-var proc.canary int(0)', `set-var proc.canary int(${percent * 100})`),
    );
  await write(0);
  let reloads = 0;
  let gone = 0;
  const haproxy = await start([program, '-W', '-f', file], {
    cwd: folder,
    onLine: (line) => {
      if (line.includes('Former worker')) gone++;
    },
  });
  const target = `unix:${socket}?frontend=users`;
  const router = await opened(target, () => haproxy.running);
  const users = startUsers(port, perSecond);
  return {
    folder,
    target,
    router,
    lastCanary: () => lastCanary,
    failures: users.failures,
    reload: async (percent) => {
      const before = await router.identity();
      await write(percent);
      reloads++;
      process.kill(haproxy.pid, 'SIGUSR2');
      for (const end = Date.now() + 30_000; ; await sleep(1)) {
        const now = await router.identity().catch(() => before);
        if (now !== before) return;
        if (Date.now() > end) throw new Error(`no new worker after 30 s: ${haproxy.tail().join('\n')}`);
      }
    },
    settled: async () => {
      for (const end = Date.now() + 90_000; gone < reloads; await sleep(10))
        if (Date.now() > end) throw new Error('the worker of an earlier reload did not end within 90 s');
    },
    stop: async () => {
      await users.stop();
      await haproxy.stop();
      for (const one of [stable, canary]) {
        one.closeAllConnections();
        one.close();
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const address = (server: Server) => `127.0.0.1:${(server.address() as { port: number }).port}`;

async function server(asked: () => void): Promise<Server> {
  const made = createServer((_, response) => {
    asked();
    response.end('ok');
  });
  made.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return made;
}

async function opened(target: string, running: () => boolean): Promise<Router> {
  for (const end = Date.now() + 15_000; ; await sleep(20)) {
    try {
      return await openRouter({ kind: 'haproxy', target });
    } catch (error) {
      if (!running() || Date.now() > end) throw error;
    }
  }
}

/** Users with connections that stay open, as browsers and API clients have them. */
function startUsers(port: number, perSecond: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  let failed = 0;
  let sent = 0;
  const ask = () => {
    const headers = { 'x-user-id': `user-${sent++ % 997}` };
    const asked = request({ host: '127.0.0.1', port, agent, headers }, (response) => {
      if (response.statusCode !== 200) failed++;
      response.resume();
    });
    asked.on('error', () => failed++);
    asked.end();
  };
  const began = performance.now();
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) * perSecond) / 1000; sent < due; ) ask();
  }, 2);
  return {
    failures: () => {
      const seen = failed;
      failed = 0;
      return seen;
    },
    stop: async () => {
      clearInterval(timer);
      await sleep(50);
      agent.destroy();
    },
  };
}
