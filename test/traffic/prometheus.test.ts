import { openMetrics } from '@sluice/telemetry';
import { expect, it } from 'vitest';
import { freePorts } from '../parts/haproxy.ts';
import { startGateway, versionFor } from './gateway.ts';
import { startPrometheus } from './prometheus.ts';

const STEP = 4000;
const until = async (time: number): Promise<void> => {
  while (Date.now() < time) await new Promise((resolve) => setTimeout(resolve, 50));
};

it("counts HAProxy's requests through a real Prometheus, over a restart, and makes no zeros of a gap", async () => {
  await using gateway = await startGateway();
  const [port] = (await freePorts(1)) as [number];
  await using prometheus = await startPrometheus(gateway.folder, port, new URL(gateway.metricsUrl).host);
  const source = await openMetrics({ metrics: prometheus.url, step: STEP });
  const router = await gateway.open();
  await router.setWeight(50);
  gateway.canary.failing = 0.5;

  // all at once: on a busy machine one after the other would not end within the step
  const ask = (users: number) =>
    Promise.all(Array.from({ length: users }, (_, i) => versionFor(gateway.url, `user-${i}`)));
  // its first scrape comes some seconds after its start
  await expect
    .poll(
      () =>
        source.now().then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true);
  // a step before, so that both ends of the first counted one were scraped
  const start = Math.ceil((Date.now() + 2000) / STEP) * STEP;
  await until(start + 1500);
  await ask(60);
  await until(start + STEP + 1500);
  const failed = gateway.canary.answered.get(500) ?? 0;
  const [stable, canary] = [gateway.stable.requests, gateway.canary.requests];
  expect(failed).toBeGreaterThan(0);

  // counters begin again at zero
  await gateway.haproxy.restart(gateway.port);
  await ask(20);
  await until(start + 2 * STEP + 1500);

  // nothing to scrape for more than a step
  await gateway.haproxy.stop();
  await until(start + 4 * STEP + 1500);
  await gateway.haproxy.restart(gateway.port);

  const end = start + 6 * STEP;
  await expect
    .poll(async () => (await source.window(new Date(start), new Date(end))).at(-1)?.start.getTime(), {
      timeout: 60_000,
      interval: 1000,
    })
    .toBe(end - STEP);
  const minutes = await source.window(new Date(start), new Date(end));
  const at = (i: number) => minutes.find((minute) => minute.start.getTime() === start + i * STEP);
  expect(at(0)).toMatchObject({
    stable: { requests: stable, errors: 0 },
    canary: { requests: canary, errors: failed },
  });
  expect(at(1)).toMatchObject({ stable: { requests: 20 }, canary: { requests: 0 } });
  // both ends of a step must have been scraped
  for (const i of [2, 3, 4]) expect(at(i)).toBeUndefined();
  expect(at(5)).toMatchObject({ stable: { requests: 0 }, canary: { requests: 0 } });
  expect(at(0)?.stable.latency).toBeUndefined();
  expect(source.notes()).toEqual(['3 steps of the last window have no samples']);
});
