import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Definition } from '@sluice/contract';
import { modelDigest } from '@sluice/record';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionNames, definitionOf } from '../../scripts/project.ts';
import { type Gateway, startGateway } from '../traffic/gateway.ts';
import { type Ended, type Given, type HostName, RunnerJob } from './bundle.ts';
import { tinyModelFiles } from './model.ts';

const definitions = new Map(
  await Promise.all(actionNames().map(async (name) => [name, await definitionOf(name)] as const)),
);
const definition = (name: string): Definition => definitions.get(name) as Definition;

let gateway: Gateway;
let job: RunnerJob;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.[Symbol.asyncDispose]());
beforeEach(() => {
  job = new RunnerJob();
  job.write('src/train.py', 'STEPS = 3\n');
  job.write('data.jsonl', '{"instruction": "Say a.", "output": "a"}\n');
  job.write('gates.yaml', 'gates: [{name: right answers, metric: accuracy, at-least: 0.75}]\n');
  job.write('good.jsonl', results(0.9));
  job.write('bad.jsonl', results(0.5));
  for (const [name, content] of Object.entries(tinyModelFiles())) job.write(`model/${name}`, content);
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...argv], {
      cwd: job.folder,
    });
  git('init', '-q', '-b', 'main');
  git('add', 'src', 'data.jsonl', 'gates.yaml');
  git('commit', '-q', '-m', 'a commit');
});
afterEach(() => job.dispose());

/** Results item by item with the given share of right answers. */
const results = (share: number): string =>
  Array.from(
    { length: 60 },
    (_, i) => `${JSON.stringify({ id: i, accuracy: i < 60 * share ? 1 : 0 })}\n`,
  ).join('');

/** What every step that ends with 0 or 3 hands on: each declared output, readable by its type, and nothing else. */
function typed(name: string, ended: Ended, exit: 0 | 3): Record<string, unknown> {
  expect(ended.exit, ended.log).toBe(exit);
  const { outputs } = definition(name);
  expect([...ended.outputs.keys()].sort()).toEqual(Object.keys(outputs).sort());
  return Object.fromEntries(
    Object.entries(outputs).map(([output, { type }]) => {
      const text = ended.outputs.get(output) as string;
      const value = type.parse(text);
      expect(type.format(value), output).toBe(text);
      return [output, value];
    }),
  );
}

const approved = async (host: HostName, given: Given = {}) =>
  job.run(host, definition('eval-gate'), {
    gates: 'gates.yaml',
    candidate: 'good.jsonl',
    model: 'model',
    'model-digest': await modelDigest(join(job.folder, 'model')),
    ...given,
  });

describe.each(['github', 'gitlab'] as const)('outputs of each bundle on %s', (host) => {
  const run = (name: string, given: Given) => job.run(host, definition(name), given);

  it('lint-and-unit', async () => {
    expect(typed('lint-and-unit', await run('lint-and-unit', { 'dry-run': 'true' }), 0)).toMatchObject({
      'tests-total': 0,
    });
  });

  it('lora-train', async () => {
    const given = { 'base-model': 'model', dataset: 'data.jsonl', 'dry-run': 'true' };
    expect(typed('lora-train', await run('lora-train', given), 0)).toMatchObject({
      'run-id': 'none',
      'base-model-digest': expect.stringMatching(/^sha256:/),
    });
  });

  it('quantize', async () => {
    const given = { model: 'model', scheme: 'w8a8', 'dry-run': 'true' };
    expect(typed('quantize', await run('quantize', given), 0)).toMatchObject({ scheme: 'w8a8' });
  });

  it('eval-gate that approves, and what its record unlocks: build-vllm-image', async () => {
    const gate = typed('eval-gate', await approved(host), 0);
    expect(gate).toMatchObject({ deploy: true, decision: 'approve', 'failed-gates': [] });
    const given = {
      record: String(gate['record']),
      'run-id': String(gate['run-id']),
      image: 'registry.internal/toy',
      version: 'toy-v1.2.0',
      deploy: 'true',
      'dry-run': 'true',
    };
    const image = typed('build-vllm-image', await run('build-vllm-image', given), 0);
    expect(image).toMatchObject({ image: 'none', 'run-id': gate['run-id'], record: gate['record'] });
    const refused = typed(
      'build-vllm-image',
      await run('build-vllm-image', { ...given, deploy: 'false' }),
      3,
    );
    expect(refused).toMatchObject({ image: 'none', digest: 'none' });
  });

  it('eval-gate that rejects ends with 3 after every output, or with 0 where that is asked for', async () => {
    const rejected = { candidate: 'bad.jsonl' };
    const ended = await approved(host, rejected);
    expect(ended.error).toMatch(/^not approved: /);
    expect(typed('eval-gate', ended, 3)).toMatchObject({
      deploy: false,
      decision: 'reject',
      'failed-gates': [{ name: 'right answers', decision: 'reject' }],
    });
    const green = await approved(host, { ...rejected, 'fail-on-reject': 'false' });
    expect(typed('eval-gate', green, 0)).toMatchObject({ deploy: false, decision: 'reject' });
  });

  it('smoke-test', async () => {
    const given = { endpoint: 'http://127.0.0.1:9', 'dry-run': 'true' };
    expect(typed('smoke-test', await run('smoke-test', given), 0)).toMatchObject({
      healthy: false,
      requests: 0,
    });
  });

  it('canary-step with nothing under way, and with a version that was not approved', async () => {
    expect(typed('canary-step', await run('canary-step', { target: gateway.target }), 0)).toMatchObject({
      decision: 'none',
      'run-id': 'none',
      deploy: false,
    });
    const given = {
      target: gateway.target,
      'run-id': 'run_12345',
      deploy: 'false',
      'fail-on-reject': 'false',
    };
    expect(typed('canary-step', await run('canary-step', given), 3)).toMatchObject({ decision: 'none' });
  });

  it('rollback of a run that is not there', async () => {
    const given = { target: gateway.target, 'run-id': 'run_12345', reason: 'a test' };
    expect(typed('rollback', await run('rollback', given), 0)).toMatchObject({
      'rolled-back': false,
      'run-id': 'run_12345',
      'restored-run-id': 'none',
    });
  });

  it.each([
    ['rollback', { target: 'unix:/no/such.sock?frontend=users', 'run-id': 'run_12345', reason: 'x' }],
    ['canary-step', { target: 'unix:/no/such.sock?frontend=users' }],
  ])('%s sets nothing where a system refuses, and ends with 4 or 2', async (name, given) => {
    const ended = await run(name, given);
    expect([2, 4]).toContain(ended.exit);
    expect(ended.error).toMatch(/^(a system did not answer|bad input): .*\/no\/such\.sock/);
    expect([...ended.outputs]).toEqual([]);
    expect(ended.log).not.toMatch(/\n\s+at /);
  });

  it('a record whose digest does not match is refused', async () => {
    const gate = typed('eval-gate', await approved(host), 0);
    const forged = String(gate['record']).replace(/[0-9a-f]{64}$/, '0'.repeat(64));
    const ended = await run('build-vllm-image', { record: forged, image: 'registry.internal/toy' });
    expect(ended.exit).toBe(2);
    expect(ended.error).toMatch(/^bad input: /);
    expect([...ended.outputs]).toEqual([]);
  });
});
