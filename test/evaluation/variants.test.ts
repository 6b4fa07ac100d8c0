import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import type { TestHost } from '@sluice/host';
import { beforeAll, expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import { loraTrain, modelEnvironment, realHost, type TinyModel, tinyModel } from '../training/setup.ts';

let tiny: TinyModel;

beforeAll(async () => {
  tiny = await tinyModel(await modelEnvironment());
});

// the cache of Python environments outlives this test, and evaluations lie beside them
const TASK = `# ${randomUUID()}
task: facts
dataset_path: json
dataset_kwargs: {data_files: {test: facts.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["<|im_end|>"], max_gen_toks: 16, do_sample: false}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
`;

async function evalGate(host: TestHost, inputs: Record<string, string>) {
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(inputs))), host);
  return encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
}

test('two adapters side by side by lm-eval, the worse as the baseline; the second time nothing is evaluated', async () => {
  using host = realHost({ env: { ...process.env, HF_HOME: '' } });
  host.write('tasks/facts.yaml', TASK);
  await copyFile(tiny.test, join(host.workspace, 'facts.jsonl'));
  const train = (steps: number, rate: string) =>
    loraTrain(host, {
      'base-model': tiny.base,
      dataset: tiny.train,
      config: `{steps: ${steps}, learning-rate: ${rate}, batch-size: 16, max-length: 128}`,
    });
  const good = await train(150, '5e-3');
  const bad = await train(20, '1e-5');
  const { adapter, 'model-digest': digest } = bad.outputs;
  const config = {
    tasks: ['facts'],
    'include-path': 'tasks',
    'chat-template': true,
    'batch-size': 40,
    candidate: 'good',
    parallel: 2,
    variants: { good: {}, bad: { adapter, 'adapter-digest': digest } },
  };
  host.write('evaluation.json', JSON.stringify(config));
  host.write('gates.yaml', 'gates: [{metric: exact_match, better-than: baseline}]');
  const inputs = {
    'run-id': good.outputs['run-id'] as string,
    record: good.outputs.record as string,
    gates: 'gates.yaml',
    evaluator: 'lm-eval',
    'base-model': tiny.base,
    config: 'evaluation.json',
    baseline: 'variant:bad',
  };
  const first = await evalGate(host, inputs);
  expect(first.get('decision')).toBe('approve');
  const table = host.published
    .at(-1)
    ?.report.blocks.find((block) => block.type === 'table' && block.columns[1] === 'good (candidate)');
  const [row] = table?.type === 'table' ? table.rows : [];
  expect(row?.[1]).toBeGreaterThan(0.8);
  expect(row?.[2]).toBeLessThan(0.3);
  const ran = (): number => host.logged.filter((line) => / -m lm_eval run /.test(line)).length;
  expect(ran()).toBe(2);
  const again = await evalGate(host, inputs);
  expect(again.get('decision')).toBe('approve');
  expect(ran()).toBe(2);
  expect(again.get('metrics')).toBe(first.get('metrics'));
  const taken = host.logged.filter((line) => line.includes('taken from the cache'));
  expect(taken).toHaveLength(2);
});
