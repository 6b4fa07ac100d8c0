import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { start } from './service.ts';
import { which } from './which.ts';

test('a service answers until it is stopped', async () => {
  const port = await freePort();
  const server = `require("node:http").createServer((_, r) => r.end("hello")).listen(${port}, "127.0.0.1", () => console.log("up"))`;
  let up = () => {};
  const ready = new Promise<void>((resolve) => {
    up = resolve;
  });
  const service = await start([process.execPath, '-e', server], { onLine: up });
  await ready;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello');
  expect([service.running, service.tail()]).toEqual([true, ['up']]);
  await Promise.all([service.stop(), service.stop()]);
  expect(service.running).toBe(false);
  expect(await service.exited).toEqual({ code: null, signal: 'SIGTERM' });
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

test('a service that ends by itself says how, and what it said last', async () => {
  const service = await start([process.execPath, '-e', 'console.error("no port"); process.exit(3)']);
  expect(await service.exited).toEqual({ code: 3, signal: null });
  await service.stop();
  expect(service.tail()).toEqual(['no port']);
});

test('cancelling the job stops the service', async () => {
  const abort = new AbortController();
  const service = await start([process.execPath, '-e', 'setInterval(() => {}, 1000)'], {
    signal: abort.signal,
  });
  abort.abort();
  expect((await service.exited).signal).toBe('SIGTERM');
});

test('a program is found on the PATH that is given, and only there', async () => {
  expect(await which('sh', { PATH: '/nowhere:/bin' })).toBe('/bin/sh');
  expect(await which('sh', { PATH: '/nowhere' })).toBeUndefined();
  expect(await which(import.meta.filename)).toBeUndefined();
});
