import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, start } from '@sluice/process';
import { expect, it } from 'vitest';

const DEMO = [process.execPath, join(import.meta.dirname, '..', '..', 'demo', 'main.ts')];

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(!socket.destroyed));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

it('on Ctrl-C it ends what it started and removes its folder', async () => {
  const temp = mkdtempSync(join(tmpdir(), 'demo-test-'));
  let text = '';
  let seen = () => {};
  const gateway = new Promise<number>((resolve) => {
    seen = () => {
      const port = /gateway .*127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port) resolve(Number(port));
    };
  });
  const demo = await start(DEMO, {
    env: { ...process.env, TMPDIR: temp },
    onLine: (line) => {
      text += `${line}\n`;
      seen();
    },
  });
  try {
    const port = await Promise.race([gateway, demo.exited.then(() => undefined)]);
    expect(port, text).toBeGreaterThan(0);
    const mlflow = Number(/MLflow at http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
    expect(await Promise.all([listens(port as number), listens(mlflow)])).toEqual([true, true]);
    // as a terminal does: every process of the group gets it
    process.kill(-demo.pid, 'SIGINT');
    expect((await demo.exited).code, text).toBe(130);
    expect(await Promise.all([listens(port as number), listens(mlflow)])).toEqual([false, false]);
    expect(readdirSync(temp)).toEqual([]);
  } finally {
    await demo.stop();
    rmSync(temp, { recursive: true, force: true });
  }
});

it('a mistake in its options costs nothing', async () => {
  const { code, stdout } = await run([...DEMO, '--stories', '7']);
  expect([code, stdout.trim()]).toEqual([
    2,
    "bad input: --stories has '7'; allowed are the numbers 1 to 4 with commas between",
  ]);
});
