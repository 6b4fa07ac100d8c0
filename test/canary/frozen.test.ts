import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { POLICY, Stage } from './stage.ts';

const SLUICE = fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url));

/** HAProxy's admin socket with a wire in between on which one order can be stopped. */
class Wire {
  readonly path: string;
  readonly #server: Server;
  /** Told when an order is on the wire; it goes on once that settles. */
  onOrder: (() => Promise<void>) | undefined;

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
  }

  static async open(path: string, behind: string): Promise<Wire> {
    const server = createServer({ allowHalfOpen: true });
    const wire = new Wire(path, server);
    server.on('connection', (near) => {
      const far = connect({ path: behind });
      near.on('data', async (text) => {
        const stop = /set var proc\.canary int/.test(text.toString()) ? wire.onOrder : undefined;
        if (stop) wire.onOrder = undefined;
        await stop?.();
        far.write(text);
      });
      far.on('data', (text) => near.write(text));
      far.on('end', () => near.end());
      for (const end of [near, far]) end.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return wire;
  }

  close(): void {
    this.#server.close();
  }
}

let stage: Stage;
let wire: Wire;
let tick: ChildProcess | undefined;
beforeEach(async () => {
  stage = await Stage.open();
  const path = join(stage.folder, 'wire.sock');
  const behind = /^unix:([^?]+)/.exec(stage.gateway.target)?.[1] as string;
  wire = await Wire.open(path, behind);
});
afterEach(async () => {
  tick?.kill('SIGKILL');
  wire.close();
  await stage[Symbol.asyncDispose]();
});

it('a tick that was frozen between state and router moves once after a rollback, and takes it back itself', async () => {
  const { start } = await stage.judged();
  await writeFile(join(stage.folder, 'policy.yaml'), POLICY);
  const target = stage.gateway.target.replace(/^unix:[^?]+/, `unix:${wire.path}`);
  const plan = '10@1s,20@1s,30@1s,40@1s,50@1s,60@1s,70@1s,100@1h';
  await stage.withUsers(() => stage.step({ ...start, plan, target }));
  const told = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let caught = false;
  wire.onOrder = async () => {
    caught = true;
    tick?.kill('SIGSTOP');
    told.resolve();
    await go.promise;
  };
  let ended: Promise<unknown> = Promise.resolve();
  await stage.withUsers(async () => {
    // single ticks, as a schedule sends them, until one moves
    for (const end = Date.now() + 60_000; !caught; ) {
      if (Date.now() > end) throw new Error('the canary does not move');
      tick = spawn(process.execPath, [SLUICE, 'canary-step', '--target', target], {
        cwd: stage.folder,
        env: stage.env,
        stdio: 'ignore',
      });
      const exit = new Promise((resolve) => tick?.once('exit', resolve));
      ended = exit;
      await Promise.race([exit, told.promise]);
    }
  });
  const before = await stage.router.weight();
  const back = await stage.rollback({ 'run-id': start['run-id'] as string, target, verify: '0' });
  expect(back.outputs['rolled-back']).toBe(true);
  expect(await stage.router.weight()).toBe(0);

  tick?.kill('SIGCONT');
  go.resolve();
  for (const end = Date.now() + 20_000; (await stage.router.weight()) === 0 && Date.now() < end; );
  // HAProxy cannot know that the order is an old one
  expect(await stage.router.weight()).toBeGreaterThan(before);
  const raised = performance.now();
  for (const end = Date.now() + 20_000; (await stage.router.weight()) !== 0 && Date.now() < end; );
  expect(await stage.router.weight()).toBe(0);
  console.log(`the old order held for ${Math.round(performance.now() - raised)} ms`);
  await ended;
  expect((await stage.step({ target })).outputs).toMatchObject({ decision: 'none', weight: 0 });
});
