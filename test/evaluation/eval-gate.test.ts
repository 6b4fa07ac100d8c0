import { identityNamed, namedBy, openRecord, provesApproval } from '@sluice/record';
import { openStore } from '@sluice/store';
import { beforeAll, expect, test } from 'vitest';
import { modelEnvironment, type TinyModel, tinyModel } from '../training/setup.ts';
import { evalGate, factsHost, trained } from './facts.ts';

let tiny: TinyModel;

beforeAll(async () => {
  tiny = await tinyModel(await modelEnvironment());
});

const CONFIG = '{tasks: [facts], include-path: tasks, chat-template: true, batch-size: 40, cache: false}';
const GATES = `gates:
  - {metric: exact_match, at-least: 0.8}
  - {metric: exact_match, not-worse-than: baseline, margin: 0.1}
`;

const hostWithTask = () => factsHost(tiny, { 'gates.yaml': GATES });

test('lm-eval on the adapter that the record names: the good one is approved, the bad one rejected against it', async () => {
  using host = await hostWithTask();
  const evaluate = async ({ outputs }: Awaited<ReturnType<typeof trained>>, rest: Record<string, string>) =>
    evalGate(host, {
      'run-id': outputs['run-id'] as string,
      record: outputs.record as string,
      gates: 'gates.yaml',
      evaluator: 'lm-eval',
      'base-model': tiny.base,
      config: CONFIG,
      baseline: 'registry:facts@production',
      register: 'facts',
      alias: 'production',
      ...rest,
    });
  const good = await trained(host, tiny, 'well');
  const first = await evaluate(good, { 'baseline-missing': 'absolute-only' });
  expect(first.wire.get('decision')).toBe('approve');
  expect(first.wire.get('deploy')).toBe('true');
  expect(first.wire.get('model-version')).toBe('facts-v1.0.0');
  expect(first.wire.get('run-id')).toBe(good.outputs['run-id']);
  const record = await openRecord(
    first.outputs.record as never,
    await openStore({ workspace: host.workspace, env: {} }),
  );
  const identity = identityNamed(namedBy(record));
  expect(identity).toMatchObject({
    adapter: good.outputs['model-digest'],
    baseModel: good.outputs['base-model-digest'],
  });
  expect(identity && provesApproval(record, { identity })).toMatchObject({ approved: true, claimed: false });

  const bad = await trained(host, tiny, 'hardly');
  const second = await evaluate(bad, {});
  expect(second.wire.get('decision')).toBe('reject');
  expect(second.wire.get('deploy')).toBe('false');
  expect(second.wire.get('model-version')).toBe('none');
  expect(JSON.parse(second.wire.get('failed-gates') as string)).toHaveLength(2);
  const denied = await openRecord(
    second.outputs.record as never,
    await openStore({ workspace: host.workspace, env: {} }),
  );
  const other = identityNamed(namedBy(denied));
  expect(other && provesApproval(denied, { identity: other }).approved).toBe(false);
});

test('an evaluator that fails is exit 5 and says why; one that saves nothing has failed too', async () => {
  using host = await hostWithTask();
  const inputs = {
    gates: 'gates.yaml',
    model: tiny.base,
    endpoint: 'http://127.0.0.1:9',
    'served-name': 'x',
  };
  const unknown = evalGate(host, {
    ...inputs,
    evaluator: 'lm-eval',
    config: '{tasks: [no_such_task], include-path: tasks}',
  });
  await expect(unknown).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringMatching(/no_such_task/),
  });
  const silent = evalGate(host, {
    ...inputs,
    evaluator: 'command',
    config: `{command: ['${process.execPath}', '-e', '']}`,
  });
  await expect(silent).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringContaining('saved no results'),
  });
});

test("a user's own program is an evaluator: it is told where to write", async () => {
  using host = await hostWithTask();
  const script =
    "require('fs').writeFileSync(process.argv[1] + '/scores.jsonl', Array.from({length: 60}, (_, i) => JSON.stringify({id: i, accuracy: i % 10 ? 1 : 0}) + '\\n').join(''))";
  host.write('evaluate.json', JSON.stringify({ command: [process.execPath, '-e', script, '{output}'] }));
  host.write('own.yaml', 'gates: [{metric: accuracy, at-least: 0.75, proven: true}]');
  const { wire } = await evalGate(host, {
    gates: 'own.yaml',
    evaluator: 'command',
    config: 'evaluate.json',
    endpoint: 'http://127.0.0.1:9',
    'served-name': 'x',
  });
  expect(wire.get('decision')).toBe('approve');
});
