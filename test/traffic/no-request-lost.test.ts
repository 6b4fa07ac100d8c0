import { AccessLog } from '@sluice/telemetry';
import { expect, it } from 'vitest';
import { startGateway } from './gateway.ts';
import { simulateUsers } from './load.ts';

const slow = process.env.SLUICE_SLOW === '1';
const [seconds, perSecond, streams] = slow ? [60, 500, 100] : [10, 200, 20];

it(`loses no request and cuts no stream over 20 changes and a rollback (${seconds} s, ${perSecond}/s, ${streams} streams)`, async () => {
  await using gateway = await startGateway();
  const router = await gateway.open();
  const from = new Date();
  const weights = [1, 5, 25, 50, 100, 0, 10, 90, 30, 70, 20, 80, 40, 60, 2, 98, 5, 25, 100, 50, 0];
  const changes = async (): Promise<void> => {
    for (const weight of weights) {
      await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / weights.length));
      await router.setWeight(weight);
      expect(await router.weight()).toBe(weight);
    }
  };
  const seen = await simulateUsers(gateway.port, { perSecond, streams }, changes());
  expect(seen.failures).toEqual([]);
  expect(seen.cut).toEqual([]);
  expect(seen.requests).toBeGreaterThan(0.9 * seconds * perSecond);
  expect(seen.streams).toBeGreaterThan(streams);
  expect(seen.versions.get('canary')).toBeGreaterThan(0.1 * seen.requests);
  expect(gateway.stable.requests + gateway.canary.requests).toBe(seen.requests + seen.streams);

  const log = new AccessLog({ path: gateway.haproxy.log, step: 1000 });
  const minutes = await log.window(new Date(from.getTime() - 1000), await log.now());
  expect(minutes.reduce((n, { stable, canary }) => n + stable.errors + canary.errors, 0)).toBe(0);
  console.log(
    `${seen.requests} requests, ${seen.streams} streams, ${weights.length} changes: none lost; of the requests ${[...seen.versions].map(([v, n]) => `${n} ${v}`).join(', ')}`,
  );
});
