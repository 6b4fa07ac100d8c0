import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { cacheFolder } from '@sluice/process';
import { expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import { programs } from '../training/setup.ts';
import { sumsServer } from './sums-server.ts';

const QUESTIONS = Array.from({ length: 60 }, (_, a) => ({ a, b: 7 * a }));
const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function hostWithTasks(): TestHost {
  const host = testHost({ action: 'eval-gate', programs, cacheDir: cacheFolder(), env: { ...process.env } });
  host.write('sums.jsonl', jsonl(QUESTIONS));
  host.write(
    'tasks/sums.yaml',
    `task: sums
dataset_path: json
dataset_kwargs: {data_files: {test: sums.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: "What is {{a}} plus {{b}}?"
doc_to_target: "{{a + b}}"
generation_kwargs: {until: ["\\n"], max_gen_toks: 16}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
`,
  );
  host.write(
    'evalscope/sums.jsonl',
    jsonl(QUESTIONS.map(({ a, b }) => ({ query: `What is ${a} plus ${b}?`, response: String(a + b) }))),
  );
  return host;
}

async function evaluated(host: TestHost, inputs: Record<string, string>) {
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(inputs))), host);
  return encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
}

test('lm-eval against an endpoint: a worse model is rejected against the run of the better one', async () => {
  using host = hostWithTasks();
  host.write('gates.yaml', 'gates: [{metric: exact_match, not-worse-than: baseline, margin: 0.1}]');
  const inputs = {
    gates: 'gates.yaml',
    evaluator: 'lm-eval',
    config: '{tasks: [sums], include-path: tasks}',
  };
  await using good = await sumsServer(() => false);
  const first = await evaluated(host, { ...inputs, endpoint: good.url, 'baseline-missing': 'absolute-only' });
  expect(first.get('decision')).toBe('undecided'); // nothing is left to ask without a baseline
  expect(JSON.parse(first.get('metrics') as string)).toMatchObject({ 'sums/exact_match@none': 1 });
  await using bad = await sumsServer((a) => a % 2 === 0);
  const second = await evaluated(host, {
    ...inputs,
    endpoint: bad.url,
    baseline: first.get('run-id') as string,
  });
  expect(second.get('decision')).toBe('reject');
  host.write(
    'early.yaml',
    'stop: planned-looks\ngates: [{metric: exact_match, not-worse-than: baseline, margin: 0.1}]',
  );
  await using broken = await sumsServer(() => true);
  const early = {
    ...inputs,
    gates: 'early.yaml',
    endpoint: broken.url,
    baseline: first.get('run-id') as string,
  };
  expect((await evaluated(host, early)).get('decision')).toBe('reject');
  expect(JSON.stringify(host.published.at(-1)?.report)).toContain('18 of 60 items, stopped at look 3 of 10');
});

// its environment alone takes minutes to make
test.runIf(process.env.SLUICE_SLOW === '1')(
  'EvalScope against an endpoint, whole and stopped early',
  async () => {
    using host = hostWithTasks();
    host.write('gates.yaml', 'gates: [{metric: Rouge-1-R, at-least: 0.9, proven: true}]');
    const folder = join(host.workspace, 'evalscope');
    const dataset = JSON.stringify({ general_qa: { local_path: folder, subset_list: ['sums'] } });
    const inputs = {
      gates: 'gates.yaml',
      evaluator: 'evalscope',
      config: `{tasks: [general_qa], dataset-args: ${dataset}}`,
    };
    await using good = await sumsServer(() => false);
    const first = await evaluated(host, { ...inputs, endpoint: good.url });
    expect(first.get('decision')).toBe('approve');
    await using bad = await sumsServer((a) => a % 2 === 0);
    expect((await evaluated(host, { ...inputs, endpoint: bad.url })).get('decision')).toBe('reject');
    host.write(
      'early.yaml',
      'stop: planned-looks\ngates: [{metric: Rouge-1-R, not-worse-than: baseline, margin: 0.1, better: higher}]',
    );
    await using broken = await sumsServer(() => true);
    const early = { ...inputs, gates: 'early.yaml', baseline: first.get('run-id') as string };
    const stopped = await evaluated(host, { ...early, endpoint: broken.url });
    expect(stopped.get('decision')).toBe('reject');
    expect(JSON.stringify(host.published.at(-1)?.report)).toContain(
      '18 of 60 items, stopped at look 3 of 10',
    );
  },
);
