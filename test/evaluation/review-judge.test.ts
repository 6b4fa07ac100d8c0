import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { openRecord } from '@sluice/record';
import { openStore } from '@sluice/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import { main } from '../../cli/src/main.ts';
import { modelEnvironment, toyModel } from '../inference/toy-model.ts';
import { until } from '../parts/chromium.ts';
import { type Asked, judgeServer } from './judge-server.ts';

const ITEMS = 60;
let host: TestHost;

const rows = (answer: (i: number) => string): string =>
  Array.from({ length: ITEMS }, (_, i) => ({
    id: `q${i}`,
    input: `Question ${i}`,
    target: `t${i}`,
    answer: answer(i),
    accuracy: 1,
  }))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');

beforeEach(() => {
  host = testHost({ action: 'eval-gate', env: { JUDGE_KEY: 'the-key-of-the-judge' } });
  // the candidate is clearly better on 20 items, differs without being better on 35, and says the same on 5
  host.write(
    'new.jsonl',
    rows((i) => (i < 20 ? `good ${i}` : i < 55 ? `fine ${i}` : `same ${i}`)),
  );
  host.write(
    'old.jsonl',
    rows((i) => (i < 20 ? `poor ${i}` : i < 55 ? `okay ${i}` : `same ${i}`)),
  );
});
afterEach(() => host.dispose());

async function evalGate(inputs: Record<string, string>) {
  const given = { candidate: 'new.jsonl', baseline: 'old.jsonl', gates: 'gates.yaml', ...inputs };
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(given))), host);
  const wire = encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
  return { outputs, decision: wire.get('decision'), report: JSON.stringify(host.published.at(-1)?.report) };
}

const number = (text: string): number => Number(/\d+/.exec(text)?.[0]);

/** Prefers good to poor wherever they stand; where neither is better it says what stands first on 10 items, else a tie. */
function verdict({ answers: [a = '', b = ''] }: Asked): string {
  if (a.startsWith('good')) return 'The first is right.\nVERDICT: A';
  if (b.startsWith('good')) return 'The second is right.\n**VERDICT:** B';
  return number(a) < 30 ? 'VERDICT: A' : 'VERDICT: tie';
}

/** Draws a sample by the command line and rates it as `rate` says. */
async function reviewed(form: string, rate: (answers: string[]) => string): Promise<Record<string, string>> {
  const argv = ['review', 'draw', '--candidate', 'new.jsonl', '--baseline', 'old.jsonl', '--form', form];
  let said = '';
  const exit = await main([...argv, '--samples', '40', '--seed', '2', '--out', 'sample'], {
    programs: '/programs',
    env: {},
    cwd: host.workspace,
    stdout: { write: (text) => (said += text) },
    stderr: { write: (text) => (said += text) },
  });
  expect({ exit, said }).toMatchObject({ exit: 0 });
  const sheet = readFileSync(join(host.workspace, 'sample/for-reviewers/review.csv'), 'utf8');
  const rated = sheet.split('\r\n').map((line, i) => {
    if (i === 0) return line;
    const answers = line.split(',').slice(4, -3);
    return line.replace(/,,,$/, `,${rate(answers)},,Ann`);
  });
  host.write('ann.csv', rated.join('\r\n'));
  return { review: 'ann.csv', 'review-key': 'sample/review-key.json' };
}

const preferGood = ([a = '', b = '']: string[]): string =>
  a.startsWith('good') ? 'A' : b.startsWith('good') ? 'B' : 'tie';

test('pairs in both orders: what follows the position is a tie; people stand beside the judge', async () => {
  await using server = await judgeServer(verdict);
  host.write('judge.yaml', `endpoint: ${server.url}\nform: pairs\n`);
  host.write(
    'gates.yaml',
    `gates: [{metric: judge_wins, better-than: baseline, agreement-at-least: 0.6}]
review: {samples: 40, better-than: baseline}`,
  );
  const people = await reviewed('pairs', preferGood);
  const { decision, outputs, report } = await evalGate({
    judge: 'judge.yaml',
    'judge-api-key-env': 'JUDGE_KEY',
    ...people,
  });
  expect(decision).toBe('approve');
  // five identical answers are not asked about, all others twice
  expect(server.prompts).toHaveLength(2 * 55);
  expect([...server.keys]).toEqual(['Bearer the-key-of-the-judge']);
  expect(report).toContain(
    '81.82 %: 10 of 55 verdicts changed with the order of the answers, and count as ties',
  );
  expect(report).toContain('Agreement with people');
  expect(report).toMatch(/Cohen's kappa 1 \(0\.\d+ to 1\); the same on 100 % of 40/);
  expect(report).toContain('Human review');
  expect(outputs.metrics['judge/all/judge_wins']).toBeCloseTo(20 / 60, 10);
  const record = await openRecord(
    outputs.record as never,
    await openStore({ workspace: host.workspace, env: {} }),
  );
  const last = record.statements.at(-1)?.statement.predicate as
    | { configuration: { name: string }[] }
    | undefined;
  expect(last?.configuration.map(({ name }) => name)).toEqual(expect.arrayContaining(['review', 'judge']));
});

test('a judge that people do not agree with decides nothing, nor does one without people', async () => {
  await using server = await judgeServer(verdict);
  host.write('judge.yaml', `endpoint: ${server.url}\nform: pairs\n`);
  host.write('gates.yaml', 'gates: [{metric: judge_wins, better-than: baseline, agreement-at-least: 0.6}]');
  expect((await evalGate({ judge: 'judge.yaml' })).decision).toBe('undecided');
  const contrary = await reviewed(
    'pairs',
    (answers) => ({ A: 'B', B: 'A', tie: 'tie' })[preferGood(answers)] as string,
  );
  const { decision, report } = await evalGate({ judge: 'judge.yaml', ...contrary });
  expect(decision).toBe('undecided');
  expect(report).toMatch(/judge_wins agrees too little with people to decide/);
});

test('single answers: what cannot be read and what was never answered is missing; a passing fault is not', async () => {
  await using server = await judgeServer(({ answers: [a = ''], before }) => {
    if (number(a) === 7) return 'I am not sure.';
    if (number(a) === 8) return 400;
    if (number(a) === 9 && before === 0) return 503;
    return a.startsWith('poor') ? 'VERDICT: no' : 'VERDICT: yes';
  });
  host.write('judge.yaml', `endpoint: ${server.url}\nmodel: judge\nconcurrency: 8\n`);
  host.write('gates.yaml', 'gates: [{metric: judge_acceptable, at-least: 0.9}]');
  const { decision, report } = await evalGate({ judge: 'judge.yaml' });
  expect(decision).toBe('undecided');
  expect(report).toContain('2 of 60 items have no score');
  expect(report).toContain('2 answers without a verdict, 2 questions without an answer');
  host.write('gates.yaml', 'missing: {at-most: 0.05}\ngates: [{metric: judge_acceptable, at-least: 0.9}]');
  expect((await evalGate({ judge: 'judge.yaml' })).decision).toBe('approve');
  expect(
    (await evalGate({ judge: 'judge.yaml', candidate: 'old.jsonl', baseline: 'new.jsonl' })).decision,
  ).toBe('reject');
});

test('a question is asked once: what was answered before is taken from this machine, else from the store', async () => {
  let mood: 'breaks off' | 'answers' = 'breaks off';
  await using server = await judgeServer((asked) => {
    if (mood === 'breaks off' && number(asked.answers[0] ?? '') >= 30) return 401;
    return verdict(asked);
  });
  host.write('judge.yaml', `endpoint: ${server.url}\nmodel: judge\nform: pairs\nconcurrency: 1\n`);
  host.write('gates.yaml', 'gates: [{metric: judge_wins, better-than: baseline}]');
  await expect(evalGate({ judge: 'judge.yaml' })).rejects.toThrow(/cannot be asked/);
  expect(server.prompts).toHaveLength(2 * 30 + 1);
  mood = 'answers';
  const first = await evalGate({ judge: 'judge.yaml' });
  expect(first.decision).toBe('approve');
  expect(first.report).toContain(
    '110 questions about 60 items (form pairs), 60 of them answered in earlier runs',
  );
  const asked = 2 * 55 + 1; // the one that was refused is asked again
  expect(server.prompts).toHaveLength(asked);
  const again = await evalGate({ judge: 'judge.yaml' });
  expect(again.outputs.metrics).toEqual(first.outputs.metrics);
  rmSync(join(host.cacheDir, 'judge-answers'), { recursive: true });
  expect((await evalGate({ judge: 'judge.yaml' })).outputs.metrics).toEqual(first.outputs.metrics);
  expect(server.prompts).toHaveLength(asked);
  // other words are other questions, and so is another judge
  host.write('judge.yaml', `endpoint: ${server.url}\nmodel: other\nform: pairs\n`);
  await evalGate({ judge: 'judge.yaml' });
  expect(server.prompts).toHaveLength(asked + 110);
  host.write('judge.yaml', `endpoint: ${server.url}\nmodel: other\nform: pairs\ncache: false\n`);
  await evalGate({ judge: 'judge.yaml' });
  expect(server.prompts).toHaveLength(asked + 220);
});

test('a judge rates whole results: `stop` beside it is named at its place', async () => {
  host.write('judge.yaml', 'endpoint: http://127.0.0.1:1\nmodel: x\n');
  host.write(
    'gates.yaml',
    'stop: when-decided\ngates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1}]',
  );
  await expect(evalGate({ judge: 'judge.yaml' })).rejects.toThrow(/gates\.yaml:1:7: 'stop' evaluates a part/);
});

test('a judge that cannot be asked at all is a fault of the system, and another data set is not paid for', async () => {
  host.write('gates.yaml', 'gates: [{metric: judge_wins, better-than: baseline}]');
  await using locked = await judgeServer(() => 401);
  host.write('judge.yaml', `endpoint: ${locked.url}\nform: pairs\n`);
  await expect(evalGate({ judge: 'judge.yaml' })).rejects.toThrow(/cannot be asked: .*401/);
  host.write('judge.yaml', 'endpoint: http://127.0.0.1:1\nmodel: x\nform: pairs\n');
  await expect(evalGate({ judge: 'judge.yaml' })).rejects.toThrow(/cannot be asked/);
  await using server = await judgeServer(verdict);
  host.write('judge.yaml', `endpoint: ${server.url}\nform: pairs\n`);
  host.write('other.jsonl', rows((i) => `old ${i}`).replace('Question 3"', 'Question three"'));
  await expect(evalGate({ judge: 'judge.yaml', baseline: 'other.jsonl' })).rejects.toThrow(/not comparable/);
  expect((await evalGate({ judge: 'judge.yaml', 'dry-run': 'true' })).decision).toBe('undecided');
  expect(server.prompts).toEqual([]);
});

test('ratings of other answers, without a key, or of another sample never pass', async () => {
  host.write('gates.yaml', 'gates: [{metric: accuracy, at-least: 0}]\nreview: {samples: 40, at-least: 0.5}');
  const people = await reviewed('acceptable', () => 'yes');
  expect((await evalGate(people)).decision).toBe('approve');
  expect((await evalGate({ ...people, candidate: 'old.jsonl', baseline: 'new.jsonl' })).decision).toBe(
    'undecided',
  );
  expect((await evalGate({})).decision).toBe('undecided');
  await expect(evalGate({ review: 'ann.csv' })).rejects.toThrow(/review is given without review-key/);
  host.write(
    'ann.csv',
    readFileSync(join(host.workspace, 'ann.csv'), 'utf8').replaceAll('sha256:', 'sha256:0'),
  );
  await expect(evalGate(people)).rejects.toThrow(/rates another sample/);
});

test('transformers serve understands what a judge is asked; a toy that cannot judge gives no score', async () => {
  const env = await modelEnvironment();
  const model = await toyModel(env);
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
  mkdirSync(join(host.workspace, 'hf'), { recursive: true });
  const server = spawn(
    join(env.bin, 'transformers'),
    ['serve', '--host', '127.0.0.1', '--port', String(port), '--device', 'cpu'],
    { stdio: 'ignore', env: { ...process.env, ...env.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' } },
  );
  const ended = once(server, 'exit');
  try {
    await until(
      () =>
        fetch(`http://127.0.0.1:${port}/health`).then(
          (r) => r.ok,
          () => false,
        ),
      'transformers serve',
    );
    host.write(
      'judge.yaml',
      `endpoint: http://127.0.0.1:${port}\nmodel: ${model}\nitems: 3\nmax-tokens: 8\nconcurrency: 1\ntimeout: 120s\n`,
    );
    host.write('gates.yaml', 'gates: [{metric: judge_acceptable, at-least: 0}]');
    const { decision, report } = await evalGate({ judge: 'judge.yaml' });
    expect(decision).toBe('undecided');
    expect(report).toMatch(/6 answers without a verdict, 0 questions without an answer/);
  } finally {
    server.kill();
    await ended;
  }
});
