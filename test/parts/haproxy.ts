import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { installSystemPackage } from './system-package.ts';

/** HAProxy, installed through apt where it is missing and this user is root. `say` is told before anything is installed. */
export async function installHaproxy(say: (text: string) => void = () => {}): Promise<string> {
  return await installSystemPackage(
    {
      program: 'haproxy',
      debian: 'haproxy',
      otherwise:
        'Install HAProxy 2.5 or newer (Debian, Ubuntu: apt-get install haproxy; macOS: brew install haproxy).',
    },
    say,
  );
}

/** A HAProxy that this process started. Its log goes to a file, as its configuration's `log stdout` says. */
export class Haproxy {
  readonly log: string;
  readonly errors: string;
  readonly #program: string;
  readonly #config: string;
  readonly #more: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(program: string, folder: string, more: readonly string[]) {
    this.#program = program;
    this.#config = join(folder, 'haproxy.cfg');
    this.log = join(folder, 'access.log');
    this.errors = join(folder, 'haproxy.err');
    this.#more = more;
  }

  /**
   * Writes `haproxy.cfg` into `folder`, starts HAProxy and waits until it answers on `port`. Where the configuration
   * is wrong, the error has HAProxy's own text. `more`: further configuration files, read where they exist.
   */
  static async start(
    program: string,
    folder: string,
    config: string,
    port: number,
    more: readonly string[] = [],
  ): Promise<Haproxy> {
    const haproxy = new Haproxy(program, folder, more);
    await writeFile(join(folder, 'haproxy.cfg'), config);
    await haproxy.#launch(port);
    return haproxy;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends the process, at once, and starts another one with the same files. */
  async restart(port: number): Promise<void> {
    await this.stop();
    await this.#launch(port);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }

  async #launch(port: number): Promise<void> {
    const out = await open(this.log, 'a');
    // HAProxy takes the append mode from its standard output; writing puts their common position at the end
    await out.write('[start] haproxy\n');
    const err = await open(this.errors, 'a');
    const files = [this.#config, ...this.#more.filter((path) => existsSync(path))];
    const child = spawn(this.#program, ['-db', ...files.flatMap((path) => ['-f', path])], {
      stdio: ['ignore', out.fd, err.fd],
    });
    this.#child = child;
    try {
      for (const until = Date.now() + 15_000; ; ) {
        if (child.exitCode !== null)
          throw new Error(`HAProxy ended at once: ${await readFile(this.errors, 'utf8')}`);
        // after a restart the old admin socket's file stays until the new one takes its name
        if ((await listens({ host: '127.0.0.1', port })) && (await this.#admits())) return;
        if (Date.now() > until) throw new Error(`HAProxy does not listen on ${port} after 15 s`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      await out.close();
      await err.close();
    }
  }

  /** Whether each Unix socket of its configuration accepts connections. */
  async #admits(): Promise<boolean> {
    const config = await readFile(this.#config, 'utf8');
    const sockets = [...config.matchAll(/^\s*stats socket (\/\S+)/gm)].map(([, path]) => path as string);
    return (await Promise.all(sockets.map((path) => listens({ path })))).every(Boolean);
  }
}

/** True where something accepts connections. */
async function listens(address: NetConnectOpts): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(address);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Ports on 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  return await Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as { port: number };
      await new Promise((resolve) => server.close(resolve));
      return port;
    }),
  );
}
