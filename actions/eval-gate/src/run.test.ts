import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { openRecord, provesApproval } from '@sluice/record';
import { openStore } from '@sluice/store';
import { openTracker } from '@sluice/tracking';
import { expect, test } from 'vitest';
import { definition } from './definition.ts';
import { run } from './run.ts';

const FIXTURES = join(import.meta.dirname, '../../../packages/evaluation/fixtures');
const MODEL = `sha256:${'a'.repeat(64)}`;
const GATES = `
gates:
  - {metric: exact_match@last-number, at-least: 0.8}
  - {metric: exact_match@last-number, not-worse-than: baseline, margin: 0.15}
`;

/** Runs the action on wire texts, as a host would. */
async function gate(host: TestHost, inputs: Record<string, string>) {
  const outcome = await run(parseInputs(definition, new Map(Object.entries(inputs))), host);
  return { ...outcome, wire: encodeOutputs(definition, outcome.outputs, { masked: [], oneLine: true }) };
}

function hostWith(...names: string[]): TestHost {
  const host = testHost({ action: 'eval-gate' });
  for (const name of names)
    cpSync(join(FIXTURES, 'lm-eval', name), join(host.workspace, name), { recursive: true });
  host.write('gates.yaml', GATES);
  return host;
}

const store = (host: TestHost) => openStore({ workspace: host.workspace, env: {} });

test('an unchanged candidate is approved, registered, and its approval is proven by the record', async () => {
  using host = hostWith('good', 'better');
  const { outputs, wire, refused } = await gate(host, {
    candidate: 'better',
    baseline: 'good',
    gates: 'gates.yaml',
    'model-digest': MODEL,
    register: 'sums',
    model: 'models/sums',
  });
  expect(refused).toBeUndefined();
  expect(wire.get('deploy')).toBe('true');
  expect(wire.get('decision')).toBe('approve');
  expect(wire.get('failed-gates')).toBe('[]');
  expect(wire.get('model-version')).toBe('sums-v1.0.0');
  expect(JSON.parse(wire.get('metrics') as string)['sums/exact_match@last-number']).toBe(1);
  const record = await openRecord(outputs.record as never, await store(host));
  const approval = provesApproval(record, { identity: { model: MODEL as never } });
  expect(approval).toMatchObject({ approved: true, claimed: true });
  const tracker = openTracker('.sluice/tracking', {}, host);
  expect(await tracker.registry.getAlias('sums', 'candidate')).toMatchObject({
    runId: outputs['run-id'],
    version: '1',
  });
});

test('a worse candidate is rejected: nothing is registered, every gate is annotated at its line', async () => {
  using host = hostWith('good', 'bad');
  const { wire, refused } = await gate(host, {
    candidate: 'bad',
    baseline: 'good',
    gates: 'gates.yaml',
    register: 'sums',
  });
  expect(wire.get('deploy')).toBe('false');
  expect(wire.get('decision')).toBe('reject');
  expect(wire.get('model-version')).toBe('none');
  expect(refused).toMatch(/must not be deployed/);
  expect(host.annotations.map(({ file, line, level }) => ({ file, line, level }))).toEqual([
    { file: 'gates.yaml', line: 3, level: 'error' },
    { file: 'gates.yaml', line: 4, level: 'error' },
  ]);
  expect(JSON.parse(wire.get('failed-gates') as string)).toEqual([
    { name: 'exact_match@last-number at least 0.8', decision: 'reject' },
    { name: 'exact_match@last-number not worse than baseline (margin 0.15)', decision: 'reject' },
  ]);
  expect(host.statuses).toMatchObject([{ state: 'failure' }]);
  const junit = host.kept.find((file) => file.kind === 'junit');
  expect(String(junit?.content)).toContain('failures="2"');
  const html = readFileSync(wire.get('report') as string, 'utf8');
  expect(html).toContain('whose exact_match@last-number changed most');
});

test('a gate is annotated at its own line, not at that of a metric whose name holds its own', async () => {
  using host = testHost({ action: 'eval-gate' });
  host.write('rows.jsonl', '{"id": "a", "accuracy": 1, "acc": 0}\n{"id": "b", "accuracy": 1, "acc": 0}\n');
  host.write(
    'gates.yaml',
    'gates:\n  - metric: accuracy\n    at-least: 0.5\n  # acc\n  - at-least: 0.5\n    metric: acc\n',
  );
  await gate(host, { candidate: 'rows.jsonl', gates: 'gates.yaml' });
  expect(host.annotations.map(({ line }) => line)).toEqual([5]);
});

test('leakage that cannot be looked for is undecided, and the sentence says why', async () => {
  using host = testHost({ action: 'eval-gate' });
  host.write('rows.jsonl', '{"id": "a", "acc": 1}\n{"id": "b", "acc": 1}\n');
  host.write('train.jsonl', '{"text": "x"}\n');
  host.write(
    'gates.yaml',
    'gates: [{metric: acc, at-least: 0.5}]\nleakage: {train: train.jsonl, at-most: 0}\n',
  );
  const { outputs, sentence } = await gate(host, { candidate: 'rows.jsonl', gates: 'gates.yaml' });
  expect(outputs.decision).toBe('undecided');
  expect(sentence).toContain('no item could be checked: the results hold no inputs');
});

test('hundreds of gates that fail fit into the outputs: a reject stays one', async () => {
  using host = testHost({ action: 'eval-gate' });
  const metrics = Array.from({ length: 300 }, (_, i) => `metric ${i} of a data set with a long name`);
  const row = (id: string) =>
    JSON.stringify({ id, ...Object.fromEntries(metrics.map((m, i) => [m, i % 2])) });
  host.write('rows.jsonl', ['a', 'b', 'c'].map((id) => `${row(id)}\n`).join(''));
  const asked = metrics.map((metric, i) => ({ metric, 'at-least': 0.9, proven: i % 2 === 1 }));
  host.write('gates.json', JSON.stringify({ gates: asked }));
  const { wire, outputs } = await gate(host, { candidate: 'rows.jsonl', gates: 'gates.json' });
  expect(wire.get('decision')).toBe('reject');
  expect([...wire.values()].join('').length).toBeLessThan(4000);
  const failed = outputs['failed-gates'];
  expect(failed[0]).toEqual({ name: `${metrics[0]} at least 0.9`, decision: 'reject' });
  expect(failed.at(-1)).toEqual({
    name: `${300 - failed.length + 1} more: see the report`,
    decision: 'reject',
  });
});

test('too few items for the margin: undecided, and how many would do', async () => {
  using host = hostWith('good');
  host.write(
    'strict.yaml',
    'gates: [{metric: exact_match@last-number, not-worse-than: baseline, margin: 0.01}]',
  );
  const { wire, refused } = await gate(host, { candidate: 'good', baseline: 'good', gates: 'strict.yaml' });
  expect(wire.get('decision')).toBe('undecided');
  expect(wire.get('deploy')).toBe('false');
  expect(refused).toContain('about 299 items would decide it');
});

test('a baseline from the registry is what the approved version was judged on', async () => {
  using host = hostWith('good', 'better', 'bad');
  const first = await gate(host, {
    candidate: 'good',
    gates: 'gates.yaml',
    'baseline-missing': 'absolute-only',
    baseline: 'registry:sums@production',
    register: 'sums',
    alias: 'production',
  });
  expect(first.wire.get('decision')).toBe('approve');
  expect(host.logged.join('\n')).toContain('there is no baseline at registry:sums@production');
  const second = await gate(host, {
    candidate: 'better',
    gates: 'gates.yaml',
    baseline: 'registry:sums@production',
    register: 'sums',
  });
  expect(second.wire.get('decision')).toBe('approve');
  expect(second.wire.get('model-version')).toBe('sums-v1.1.0');
  const third = await gate(host, {
    candidate: 'bad',
    gates: 'gates.yaml',
    baseline: 'registry:sums@production',
  });
  expect(third.wire.get('decision')).toBe('reject');
  const byRun = await gate(host, {
    candidate: 'bad',
    gates: 'gates.yaml',
    baseline: first.wire.get('run-id') as string,
  });
  expect(byRun.wire.get('decision')).toBe('reject');
});

test('a registered version whose results are lost is no first version', async () => {
  using host = hostWith('good', 'better');
  const inputs = {
    gates: 'gates.yaml',
    'baseline-missing': 'absolute-only',
    baseline: 'registry:sums@production',
  };
  const first = await gate(host, { ...inputs, candidate: 'good', register: 'sums', alias: 'production' });
  const kept = readdirSync(host.workspace, { recursive: true, encoding: 'utf8' });
  const lost = kept.filter(
    (path) => path.includes(first.outputs['run-id'] as string) && path.endsWith('.jsonl.gz'),
  );
  expect(lost).toHaveLength(1);
  for (const path of lost) rmSync(join(host.workspace, path));
  await expect(gate(host, { ...inputs, candidate: 'better' })).rejects.toThrow(
    /version 1, and the results of its run .* are no longer there/,
  );
});

test('a missing baseline rejects unless that is said to be fine', async () => {
  using host = hostWith('good');
  const { wire } = await gate(host, {
    candidate: 'good',
    gates: 'gates.yaml',
    baseline: 'registry:sums@production',
  });
  expect(wire.get('decision')).toBe('reject');
  expect(JSON.parse(wire.get('failed-gates') as string)).toHaveLength(1);
});

test('dry-run judges and touches nothing', async () => {
  using host = hostWith('good', 'better');
  const { wire } = await gate(host, {
    candidate: 'better',
    baseline: 'good',
    gates: 'gates.yaml',
    register: 'sums',
    'dry-run': 'true',
  });
  expect(wire.get('decision')).toBe('approve');
  expect(wire.get('deploy')).toBe('false');
  expect(wire.get('record')).toBe('none');
  expect(await openTracker('.sluice/tracking', {}, host).registry.versions('sums')).toEqual([]);
});

/** Evaluates the items it is told to: `errs` of a hundred of them are wrong. */
function partly(host: TestHost, errs: number): string {
  const script = `const fs = require('fs'); const { all } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
    fs.writeFileSync(process.argv[1] + '/r.jsonl', all.map((i) => JSON.stringify({ id: 'i' + i, accuracy: i * 37 % 100 < ${errs} ? 0 : 1 }) + '\\n').join(''));
    fs.appendFileSync('calls', all.length + ' ');`;
  const command = [process.execPath, '-e', script, '{output}', '{items}'];
  host.write('evaluate.json', JSON.stringify({ command, tasks: ['all'] }));
  return 'evaluate.json';
}

test.each([
  ['planned-looks', 10, 'approve', 10],
  ['planned-looks', 60, 'reject', 5],
  ['when-decided', 10, 'approve', 18],
  ['when-decided', 60, 'reject', 5],
])(
  'stop: %s, %d errors in a hundred: %s, before all batches are evaluated',
  async (stop, errs, decision, most) => {
    using host = testHost({ action: 'eval-gate' });
    const rows = Array.from({ length: 800 }, (_, i) =>
      JSON.stringify({ id: `i${i}`, accuracy: (i * 37) % 100 < 10 ? 0 : 1 }),
    );
    host.write('baseline.jsonl', `${rows.join('\n')}\n`);
    host.write(
      'early.yaml',
      `stop: ${stop}\ngates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}]`,
    );
    const inputs = {
      gates: 'early.yaml',
      baseline: 'baseline.jsonl',
      evaluator: 'command',
      endpoint: 'http://127.0.0.1:9',
      'served-name': 'x',
    };
    const { wire } = await gate(host, { ...inputs, config: partly(host, errs) });
    expect(wire.get('decision')).toBe(decision);
    const calls = readFileSync(join(host.workspace, 'calls'), 'utf8').trim().split(' ').map(Number);
    expect(calls.length).toBeLessThan(most);
    const html = readFileSync(wire.get('report') as string, 'utf8');
    expect(html).toContain(`${calls.reduce((a, b) => a + b)} of 800 items, stopped at look ${calls.length}`);
  },
);

test('a dry run with an evaluator evaluates nothing and says what the gates could decide', async () => {
  using host = hostWith('good');
  const inputs = { gates: 'gates.yaml', baseline: 'good', evaluator: 'lm-eval', config: '{tasks: [sums]}' };
  const { wire, sentence } = await gate(host, {
    ...inputs,
    endpoint: 'http://127.0.0.1:9',
    'dry-run': 'true',
  });
  expect(wire.get('decision')).toBe('undecided');
  expect(sentence).toBe('would evaluate sums with lm-eval against http://127.0.0.1:9, and ask 2 gates');
  const shown = JSON.stringify(host.published[0]?.report);
  expect(shown).toContain('10 % of the items are answered differently');
});

test.each([
  [{ gates: 'gates.yaml' }, /nothing to judge: pass candidate/],
  [{ gates: 'gates.yaml', candidate: 'nowhere' }, /candidate is 'nowhere', and there is nothing/],
  [{ gates: 'absent.yaml', candidate: 'good' }, /'absent.yaml' cannot be read/],
  [{ gates: 'gates: []', candidate: 'good' }, /no gates: what is not asked can never be approved/],
  [{ gates: 'gates: [{metric: exact_match, at-least: 1}]', candidate: 'good' }, /ambiguous/],
  [
    {
      gates: 'confidence: 0.9\ngates: [{metric: bleu@raw, at-least: 0}]',
      candidate: 'good',
      confidence: '0.95',
    },
    /confidence is 0.95, but gates says 0.9/,
  ],
  [
    { gates: 'gates.yaml', candidate: 'good', register: 'Sums!' },
    /register is 'Sums!'; a name has lower-case/,
  ],
  [
    { gates: 'gates.yaml', candidate: 'good', evaluator: 'lm-eval' },
    /candidate and evaluator lm-eval are both given/,
  ],
  [{ gates: 'gates.yaml', evaluator: 'lm-eval' }, /needs `config`/],
  [{ gates: 'gates.yaml', evaluator: 'lm-eval', config: '{tasks: [sums]}' }, /needs something to evaluate/],
  [{ gates: 'gates.yaml', candidate: 'good', measurements: 'none.json' }, /measurements: .* does not exist/],
])("%j is the user's mistake", async (inputs, message) => {
  using host = hostWith('good');
  await expect(gate(host, inputs)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message),
  });
});

test('both sides are read at the same time; where both are wrong, the baseline is told first', async () => {
  using host = hostWith();
  host.write('rows.jsonl', '{"id": "a", "s": 1}\n{"id": "b", "s": 0}\n');
  host.write('candidate.jsonl', '{"id": "a", "s": 1}\nno row\n');
  host.write('baseline.jsonl', '{"id": "a", "s": 1}\n\nno row\n');
  const gates = 'gates: [{metric: s, not-worse-than: baseline, margin: 0.1}]';
  const refusal = (candidate: string, baseline: string) =>
    gate(host, { gates, candidate, baseline }).catch(({ message }) => message);
  expect(await refusal('candidate.jsonl', 'rows.jsonl')).toMatch(/^candidate.jsonl line 2: not valid JSON/);
  expect(await refusal('rows.jsonl', 'baseline.jsonl')).toMatch(/^baseline.jsonl line 3: not valid JSON/);
  expect(await refusal('candidate.jsonl', 'baseline.jsonl')).toMatch(
    /^baseline.jsonl line 3: not valid JSON/,
  );
});

test('`stop` without an evaluator is said to stop nothing', async () => {
  using host = hostWith('good', 'better');
  host.write('gates.yaml', `stop: planned-looks\n${GATES}`);
  const { outputs } = await gate(host, { candidate: 'better', baseline: 'good', gates: 'gates.yaml' });
  expect(outputs.decision).toBe('approve');
  expect(host.logged.join('\n')).toContain('stop: planned-looks is for an evaluator that runs here');
});
