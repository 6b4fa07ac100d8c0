import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition as canary } from '../../actions/canary-step/src/definition.ts';
import { run as canaryStep } from '../../actions/canary-step/src/run.ts';
import { definition as back } from '../../actions/rollback/src/definition.ts';
import { run as rollback } from '../../actions/rollback/src/run.ts';
import { type Gateway, startGateway } from '../traffic/gateway.ts';
import { simulateUsers } from '../traffic/load.ts';
import { ApiServer } from './api-server.ts';

const RUN = 'run-0000-0001';
const POLICY = `
kind: classic
interval: 1s
stale-after: 20s
min-requests: 10
errors: {above: 1, for: 3s, min-requests: 3}
latency: {times: 50, for: 3s, min-requests: 20}
`;

let gateway: Gateway;
let host: TestHost;
let servers: { stable: ApiServer; canary: ApiServer };
beforeEach(async () => {
  gateway = await startGateway();
  servers = { stable: await ApiServer.start('qwen-v1.0.0'), canary: await ApiServer.start('qwen-v1.1.0') };
  host = testHost({ env: { ...process.env, SLUICE_STORE_URL: undefined } });
  host.write('allow.yaml', 'reason: the tests start without a gate\n');
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await Promise.all([servers.stable.stop(), servers.canary.stop()]);
  host.dispose();
});

const step = (given: Record<string, string>) =>
  canaryStep(parseInputs(canary, new Map(Object.entries({ target: gateway.target, ...given }))), host);
const begin = (more: Record<string, string> = {}) =>
  step({
    'run-id': RUN,
    version: 'qwen-v1.1.0',
    'allow-unproven': 'allow.yaml',
    plan: '10@2s,50@2s,100@2s',
    policy: POLICY,
    metrics: gateway.haproxy.log,
    ...more,
  });

/** Users come for as long as the work takes. */
async function withUsers<T>(work: () => Promise<T>): Promise<{ result: T; failures: number }> {
  const result = work();
  const seen = await simulateUsers(
    gateway.port,
    { perSecond: 60, streams: 2 },
    result.catch(() => {}),
  );
  return { result: await result, failures: seen.failures.length + seen.cut.length };
}

describe('a canary on a real gateway', () => {
  it('goes through its plan and becomes live, and no user loses a request', async () => {
    const { result, failures } = await withUsers(() => begin({ wait: 'true', 'wait-limit': '90s' }));
    expect(result.outputs).toMatchObject({ decision: 'complete', weight: 100, deploy: true, 'run-id': RUN });
    expect(result.refused).toBeUndefined();
    expect(failures).toBe(0);
    const router = await gateway.open();
    expect(await router.weight()).toBe(100);
    // whoever reads along sees each stage as it comes, and the job's summary has the end alone
    const shown = host.published.map(({ report, options }) => [
      report.verdict.sentence,
      options?.interim ?? false,
    ]);
    expect(shown.at(-1)).toEqual([expect.stringMatching(/every stage of .* soaked/), false]);
    expect(shown.slice(0, -1).length).toBeGreaterThan(1);
    for (const [, interim] of shown.slice(0, -1)) expect(interim).toBe(true);
    // a later tick changes nothing
    expect((await step({})).outputs.decision).toBe('none');
  });

  it('rolls back by itself when the new version fails, and says why', async () => {
    gateway.canary.failing = 0.5;
    const { result } = await withUsers(() => begin({ wait: 'true', 'wait-limit': '90s' }));
    expect(result.outputs).toMatchObject({ decision: 'rollback', weight: 0, deploy: false });
    expect(result.refused).toMatch(/errors/);
    expect(await (await gateway.open()).weight()).toBe(0);
    // the same run again is refused: it was judged
    expect((await begin()).refused).toMatch(/already rolled-back/);
  });

  it('a second run is refused while one is under way, and the reason names it', async () => {
    await withUsers(() => begin());
    const other = await begin({ 'run-id': 'run-0000-0002' });
    expect(other.outputs.decision).toBe('none');
    expect(other.refused).toContain(RUN);
  });

  it('a scheduled tick needs its target alone; what differs from the state is an error with both values', async () => {
    await withUsers(() => begin());
    expect((await step({})).outputs['run-id']).toBe(RUN);
    await expect(begin({ plan: '5@1h,100@1h' })).rejects.toThrow(/plan: given 5%?@1h.*10/s);
  });

  it('people decide: pause holds, abort takes the users back', async () => {
    await withUsers(() => begin());
    expect((await step({ command: 'pause', reason: 'lunch' })).outputs.decision).toBe('paused');
    expect((await step({})).outputs.decision).toBe('paused');
    const aborted = await step({ command: 'abort', reason: 'no' });
    expect(aborted.outputs).toMatchObject({ decision: 'rollback', weight: 0 });
    expect(await (await gateway.open()).weight()).toBe(0);
  });

  it('deploy: false ends before anything is touched', async () => {
    const refused = await begin({ deploy: 'false' });
    expect(refused).toMatchObject({ always: true, outputs: { decision: 'none', stage: 0 } });
  });

  it('an address that is no server of the gateway is refused, with those it has', async () => {
    await expect(begin({ canary: servers.canary.url })).rejects.toThrow(/neither a backend.*stable/s);
  });
});

describe('rollback on a real gateway', () => {
  const takeBack = (given: Record<string, string>) =>
    rollback(
      parseInputs(
        back,
        new Map(
          Object.entries({ target: gateway.target, reason: 'test', 'run-id': RUN, verify: '0', ...given }),
        ),
      ),
      host,
    );

  it('acts only on the run it is given', async () => {
    await withUsers(() => begin());
    const other = await takeBack({ 'run-id': 'run-0000-0009' });
    expect(other.outputs).toMatchObject({ 'rolled-back': false, verified: false });
    expect(other.refused).toBeUndefined();
  });

  it('takes the users back from a version that is live, twice with the same end', async () => {
    await withUsers(() => begin({ wait: 'true', 'wait-limit': '90s' }));
    const router = await gateway.open();
    expect(await router.weight()).toBe(100);
    for (const _ of [1, 2]) {
      const { outputs } = await takeBack({});
      expect(outputs).toMatchObject({
        'rolled-back': true,
        'from-version': { name: 'qwen', semver: '1.1.0' },
      });
      expect(await router.weight()).toBe(0);
    }
  });
});
