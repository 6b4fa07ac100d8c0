import { randomUUID } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import type { TestHost } from '@sluice/host';
import { modelDigest } from '@sluice/record';
import { beforeAll, expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import {
  loraTrain,
  modelEnvironment,
  programs,
  realHost,
  type TinyModel,
  tinyModel,
} from '../training/setup.ts';

const EXAMPLES = join(import.meta.dirname, '../../workflows-examples/evaluators');
let tiny: TinyModel;

beforeAll(async () => {
  tiny = await tinyModel(await modelEnvironment());
});

/** What the hub would give under the name `exact_match`: a metric of our own, because tests reach no hub. */
const METRIC = `import datasets
import evaluate


class ExactMatch(evaluate.Metric):
    def _info(self):
        text = datasets.Value("string")
        return evaluate.MetricInfo(description="", citation="", features=datasets.Features({"predictions": text, "references": text}))

    def _compute(self, predictions, references):
        return {"exact_match": sum(p == r for p, r in zip(predictions, references)) / len(references)}
`;

/** A repository that copied an example; `edit` is what its user changed in evaluation.yaml. */
function repository(example: string, edit: (text: string) => string): TestHost {
  const host = realHost({
    env: { ...process.env, HF_HOME: '', HF_HUB_OFFLINE: '1', HF_EVALUATE_OFFLINE: '1' },
  });
  const folder = join(host.workspace, 'evaluators', example);
  cpSync(join(EXAMPLES, example), folder, { recursive: true });
  mkdirSync(join(host.workspace, 'data'));
  copyFileSync(tiny.test, join(host.workspace, 'data/test.jsonl'));
  host.write('metrics/exact_match/exact_match.py', METRIC);
  const config = join(folder, 'evaluation.yaml');
  // another variable is another evaluation: what an earlier run of this test left in the cache is not taken
  writeFileSync(config, `${edit(readFileSync(config, 'utf8'))}env: { RUN: ${randomUUID()} }\n`);
  return host;
}

async function evaluated(host: TestHost, example: string, inputs: Record<string, string>) {
  const all = {
    evaluator: 'command',
    config: `evaluators/${example}/evaluation.yaml`,
    gates: `evaluators/${example}/gates.yaml`,
    'base-model': tiny.base,
    ...inputs,
  };
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(all))), host);
  return encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
}

/** What the example says of a good fine-tune. */
async function good(host: TestHost, example: string) {
  const { outputs } = await loraTrain(host, {
    'base-model': tiny.base,
    dataset: tiny.train,
    config: '{steps: 150, learning-rate: 5e-3, batch-size: 16, max-length: 128}',
  });
  const trained = { 'run-id': outputs['run-id'] as string, record: outputs.record as string };
  return evaluated(host, example, { ...trained, 'baseline-missing': 'absolute-only' });
}

const withHfEvaluate = () =>
  repository('hf-evaluate', (text) =>
    text
      .replace('--metric=exact_match', '--metric=metrics/exact_match')
      .replace('evaluators/hf-evaluate/requirements.txt', join(programs, 'requirements', 'model.txt')),
  );

test('the script with Hugging Face evaluate approves a good adapter', async () => {
  using host = withHfEvaluate();
  const wire = await good(host, 'hf-evaluate');
  expect(wire.get('decision')).toBe('approve');
  expect(JSON.parse(wire.get('metrics') as string)['all/exact_match']).toBeGreaterThan(0.8);
});

const slow = test.runIf(process.env.SLUICE_SLOW === '1');

slow('stopped early it rejects the base model', async () => {
  using host = withHfEvaluate();
  const first = await good(host, 'hf-evaluate');
  host.write(
    'early.yaml',
    'stop: planned-looks\ngates: [{metric: exact_match, not-worse-than: baseline, margin: 0.1}]',
  );
  const early = await evaluated(host, 'hf-evaluate', {
    gates: 'early.yaml',
    model: tiny.base,
    'model-digest': await modelDigest(tiny.base),
    baseline: first.get('run-id') as string,
  });
  expect(early.get('decision')).toBe('reject');
  expect(JSON.stringify(host.published.at(-1)?.report)).toMatch(/of \d+ items, stopped at look [2-5] of 10/);
});

// its environment alone takes minutes to make
slow('the script with torchmetrics, in the environment that it asks for', async () => {
  using host = repository('torchmetrics', (text) => text);
  const wire = await good(host, 'torchmetrics');
  expect(wire.get('decision')).toBe('approve');
  const metrics = JSON.parse(wire.get('metrics') as string);
  expect(Object.keys(metrics).sort()).toEqual(['all/cer', 'all/edit_distance', 'all/wer']);
  expect(metrics['all/cer']).toBeLessThan(0.2);
});
