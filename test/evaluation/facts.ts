import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import type { TestHost } from '@sluice/host';
import gate from '../../actions/eval-gate/src/main.ts';
import { loraTrain, realHost, type TinyModel } from '../training/setup.ts';

const TASK = `task: facts
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

/** A repository with lm-eval's task `facts` (folder `tasks`) over what the tiny model can learn. */
export async function factsHost(tiny: TinyModel, files: Readonly<Record<string, string>>): Promise<TestHost> {
  const host = realHost({ env: { ...process.env, HF_HOME: '' } });
  for (const [name, text] of Object.entries({ 'tasks/facts.yaml': TASK, ...files })) host.write(name, text);
  await copyFile(tiny.test, join(host.workspace, 'facts.jsonl'));
  return host;
}

/** An adapter that has learnt the facts, or one that has hardly begun. */
export function trained(host: TestHost, tiny: TinyModel, how: 'well' | 'hardly') {
  const [steps, rate] = how === 'well' ? [150, '5e-3'] : [20, '1e-5'];
  return loraTrain(host, {
    'base-model': tiny.base,
    dataset: tiny.train,
    config: `{steps: ${steps}, learning-rate: ${rate}, batch-size: 16, max-length: 128}`,
  });
}

/** Runs eval-gate; `wire` is what the next step would see. */
export async function evalGate(host: TestHost, inputs: Readonly<Record<string, string>>) {
  const outcome = await gate.run(parseInputs(gate.definition, new Map(Object.entries(inputs))), host);
  return { ...outcome, wire: encodeOutputs(gate.definition, outcome.outputs, { masked: [], oneLine: true }) };
}
