import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { definition } from '../../actions/smoke-test/src/definition.ts';
import { run } from '../../actions/smoke-test/src/run.ts';
import { modelEnvironment, toyModel } from './toy-model.ts';

/** A real server with its real traps: `/v1/models` may answer 500, and the model's name is its path. */
let env: Awaited<ReturnType<typeof modelEnvironment>>;
let model: string;
let host: TestHost;
beforeAll(async () => {
  env = await modelEnvironment();
  model = await toyModel(env);
});
beforeEach(() => {
  host = testHost({
    action: 'smoke-test',
    env: { ...env.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', OMP_NUM_THREADS: '1' },
  });
});
afterEach(() => host.dispose());

const smoke = (given: Record<string, string>) =>
  run(parseInputs(definition, new Map(Object.entries(given))), host);
const command = [
  ...['transformers', 'serve', '--host', '127.0.0.1'],
  ...['--port', '{port}', '--device', 'cpu'],
];

it('brings up transformers serve, asks a toy model, ends it', async () => {
  const { outputs, refused } = await smoke({
    start: JSON.stringify({ command: [join(env.bin, 'transformers'), ...command.slice(1)], model }),
    model,
    warmup: '1',
    'max-tokens': '16',
    timeout: '120s',
  });
  expect({ refused, logged: refused ? host.logged : [] }).toEqual({ refused: undefined, logged: [] });
  expect(outputs).toMatchObject({ healthy: true, requests: 6, 'error-rate': 0, 'failed-checks': [] });
  expect(outputs['ttft-p50-ms']).toBeGreaterThan(0);
  const { metrics } = JSON.parse(host.kept.find((f) => f.name === 'measurements.json')?.content as string);
  expect(metrics.memory_gb).toBeGreaterThan(0.1);
});

it('says that the model is not there, rather than that the server is healthy', async () => {
  const { outputs, refused } = await smoke({
    start: JSON.stringify([join(env.bin, 'transformers'), ...command.slice(1)]),
    model: join(host.workspace, 'absent-model'),
    'max-tokens': '4',
    timeout: '60s',
  });
  expect(outputs.healthy).toBe(false);
  expect(refused).toMatch(/prompt 1 whole/);
});
