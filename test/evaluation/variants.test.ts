import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { modelEnvironment, type TinyModel, tinyModel } from '../training/setup.ts';
import { evalGate, factsHost, trained } from './facts.ts';

let tiny: TinyModel;

beforeAll(async () => {
  tiny = await tinyModel(await modelEnvironment());
});

test('two adapters side by side by lm-eval, the worse as the baseline; the second time nothing is evaluated', async () => {
  const gates = 'gates: [{metric: exact_match, better-than: baseline}]';
  using host = await factsHost(tiny, { 'gates.yaml': gates });
  const good = await trained(host, tiny, 'well');
  const bad = await trained(host, tiny, 'hardly');
  const { adapter, 'model-digest': digest } = bad.outputs;
  const config = {
    tasks: ['facts'],
    'include-path': 'tasks',
    'chat-template': true,
    'batch-size': 40,
    candidate: 'good',
    parallel: 2,
    // the cache outlives this test: another variable is another evaluation
    env: { RUN: randomUUID() },
    variants: { good: {}, bad: { adapter, 'adapter-digest': digest } },
  };
  host.write('evaluation.json', JSON.stringify(config));
  const inputs = {
    'run-id': good.outputs['run-id'] as string,
    record: good.outputs.record as string,
    gates: 'gates.yaml',
    evaluator: 'lm-eval',
    'base-model': tiny.base,
    config: 'evaluation.json',
    baseline: 'variant:bad',
  };
  const { wire: first } = await evalGate(host, inputs);
  expect(first.get('decision')).toBe('approve');
  const table = host.published
    .at(-1)
    ?.report.blocks.find((block) => block.type === 'table' && block.columns[1] === 'good (candidate)');
  const [row] = table?.type === 'table' ? table.rows : [];
  expect(row?.[1]).toBeGreaterThan(0.8);
  expect(row?.[2]).toBeLessThan(0.3);
  const ran = (): number => host.logged.filter((line) => / -m lm_eval run /.test(line)).length;
  expect(ran()).toBe(2);
  const { wire: again } = await evalGate(host, inputs);
  expect(again.get('decision')).toBe('approve');
  expect(ran()).toBe(2);
  expect(again.get('metrics')).toBe(first.get('metrics'));
  const taken = host.logged.filter((line) => line.includes('taken from the cache'));
  expect(taken).toHaveLength(2);
});
