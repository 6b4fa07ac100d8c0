import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { evaluatorConfig } from './config.ts';
import { taskFiles } from './task-files.ts';

const LOCAL =
  'task: sums\ndataset_path: json\ndataset_kwargs: {data_files: {test: data/sums.jsonl}}\nprocess_docs: !function own.f\n';

async function workspace(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tasks-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const config = (given: Record<string, unknown>) => z.parse(evaluatorConfig, given);
const NO_HUB = { HF_HOME: '/nowhere' };

test('a task of one’s own: its files and the data that they name, wherever these lie', async () => {
  const folder = await workspace({
    'tasks/sums.yaml': LOCAL,
    'tasks/own.py': 'f = 1',
    'tasks/__pycache__/own.pyc': 'x',
    'data/sums.jsonl': '{}',
    'data/other.jsonl': '{}',
  });
  const asked = config({ tasks: ['sums'], 'include-path': 'tasks' });
  const { files, unseen } = await taskFiles('lm-eval', asked, folder, NO_HUB);
  expect(unseen).toBeNull();
  expect(files.map(({ name }) => name)).toEqual(['data/sums.jsonl', 'tasks/own.py', 'tasks/sums.yaml']);
  await writeFile(join(folder, 'data/sums.jsonl'), '{"a": 1}');
  const changed = await taskFiles('lm-eval', asked, folder, NO_HUB);
  expect(changed.files[0]?.digest).not.toBe(files[0]?.digest);
});

test('data of a hub are seen by the revision in its cache, or not at all', async () => {
  const folder = await workspace({ 'hf/hub/datasets--gsm8k/refs/main': 'abc' });
  const asked = config({ tasks: ['gsm8k'] });
  const known = await taskFiles('lm-eval', asked, folder, { HF_HOME: join(folder, 'hf') });
  expect(known).toMatchObject({ unseen: null, files: [{ name: 'hf/hub/datasets--gsm8k/refs/main' }] });
  expect((await taskFiles('lm-eval', asked, folder, NO_HUB)).unseen).toMatch(
    /the data of gsm8k lie at a hub/,
  );
});

test.each([
  [
    'data files by a pattern',
    LOCAL.replace('sums.jsonl', '*.jsonl'),
    /cannot be told apart: data\/\*\.jsonl/,
  ],
  [
    'data of a hub behind a task of one’s own',
    'task: sums\ndataset_path: openai/gsm8k\n',
    /the data of openai\/gsm8k/,
  ],
  ['a group of tasks that are not here', 'group: sums\ntask: [gsm8k]\n', /the data of gsm8k/],
])('%s cannot be seen', async (_, yaml, why) => {
  const folder = await workspace({ 'tasks/t.yaml': yaml });
  const asked = config({ tasks: ['sums'], 'include-path': 'tasks' });
  expect((await taskFiles('lm-eval', asked, folder, NO_HUB)).unseen).toMatch(why);
});

test('EvalScope: the local path of each benchmark', async () => {
  const folder = await workspace({ 'qa/sums.jsonl': '{}' });
  const asked = config({ tasks: ['general_qa'], 'dataset-args': { general_qa: { local_path: 'qa' } } });
  const found = await taskFiles('evalscope', asked, folder, {});
  expect(found).toMatchObject({ unseen: null, files: [{ name: 'qa/sums.jsonl' }] });
  expect((await taskFiles('evalscope', config({ tasks: ['ceval'] }), folder, {})).unseen).toMatch(/ceval/);
});

test('files that are named answer for what cannot be seen; one that is not there is the user’s mistake', async () => {
  const folder = await workspace({ 'a.py': 'x' });
  const asked = (files: string[]) => config({ command: ['a.py'], cache: { files } });
  expect(await taskFiles('command', asked(['a.py']), folder, {})).toMatchObject({
    unseen: null,
    files: [{ name: 'a.py' }],
  });
  await expect(taskFiles('command', asked(['b.py']), folder, {})).rejects.toThrow(
    /b\.py, which does not exist/,
  );
});
