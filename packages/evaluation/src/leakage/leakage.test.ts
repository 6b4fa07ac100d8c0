import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResults } from '../read/read-results.ts';
import { findLeakage } from './leakage.ts';
import { tokensOf } from './tokens.ts';

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function leakage(questions: readonly string[], train: readonly object[]) {
  const folder = await mkdtemp(join(tmpdir(), 'leakage-'));
  await writeFile(join(folder, 'r.jsonl'), jsonl(questions.map((input, id) => ({ id, input, score: 1 }))));
  await writeFile(join(folder, 'train.jsonl'), jsonl(train));
  return findLeakage(await readResults(join(folder, 'r.jsonl')), join(folder, 'train.jsonl'));
}

const unrelated = Array.from(
  { length: 20 },
  (_, i) => `Question ${i * 7919} about the ${['red', 'tall', 'old'][i % 3]} house number ${i * 104729}`,
);

test('tokens: case, punctuation and width do not matter; Chinese characters stand alone', () => {
  expect(tokensOf('Hello,  WORLD!')).toEqual(['hello', 'world']);
  expect(tokensOf('ＡＢＣ１２３')).toEqual(['abc123']);
  expect(tokensOf('今天 is 好day')).toEqual(['今', '天', 'is', '好', 'day']);
});

test('an item that stands in a training conversation, written otherwise, is found', async () => {
  const found = await leakage(
    [...unrelated, 'What is the capital of France?'],
    [
      {
        messages: [
          { role: 'user', content: '  what is the CAPITAL of france ' },
          { role: 'assistant', content: 'Paris' },
        ],
      },
    ],
  );
  expect(found).toMatchObject({
    leaked: 1,
    checked: 21,
    unchecked: 0,
    examples: ['What is the capital of France?'],
  });
});

test('a long item is found by half of its 13-grams', async () => {
  const words = Array.from({ length: 40 }, (_, i) => `w${i}`);
  const train = [{ text: `before ${words.slice(0, 30).join(' ')} after` }];
  expect((await leakage([...unrelated, words.join(' ')], train)).leaked).toBe(1);
  expect(
    (await leakage([...unrelated, words.join(' ')], [{ text: words.slice(0, 20).join(' ') }])).leaked,
  ).toBe(0);
});

test('what every item shares is its template and no evidence', async () => {
  const preamble = 'Answer the following question with one word and nothing else, please, my dear friend';
  const items = unrelated.map((question) => `${preamble}: ${question}`);
  expect(await leakage(items, [{ instruction: preamble }])).toMatchObject({ leaked: 0, checked: 20 });
});

test('characters that nobody sees hide nothing', async () => {
  const text = 'What is the capital of France?';
  for (const mark of ['\u00ad', '\u200b', '\u2060'])
    expect((await leakage([...unrelated, text], [{ text: [...text].join(mark) }])).leaked).toBe(1);
});

test('a file that holds ids and no inputs cannot be checked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leakage-'));
  await writeFile(join(folder, 'r.jsonl'), jsonl([1, 2, 3].map((id) => ({ id: `item ${id}`, score: 1 }))));
  await writeFile(join(folder, 'train.jsonl'), jsonl([{ text: 'x' }]));
  const found = await findLeakage(await readResults(join(folder, 'r.jsonl')), join(folder, 'train.jsonl'));
  expect(found).toMatchObject({ checked: 0, unchecked: 3, share: Number.NaN });
});

test('nothing to check is not a share of 0', async () => {
  expect((await leakage(['!!!', '???'], [{ text: 'x' }])).share).toBeNaN();
  await expect(leakage(unrelated, [])).rejects.toThrow(/holds no training example/);
});

test('training data as a JSON list or CSV is read too; a file that is not there is a mistake of the user', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leakage-'));
  const rows = [{ instruction: 'What is the capital of France?', output: 'Paris' }];
  await writeFile(
    join(folder, 'r.csv'),
    `id,input,score\n1,What is the capital of France?,1\n${unrelated.map((text, i) => `${i + 2},${text},1`).join('\n')}\n`,
  );
  await writeFile(join(folder, 'train.json'), JSON.stringify(rows, null, 2));
  await writeFile(join(folder, 'train.csv'), 'instruction,output\nWhat is the capital of France?,Paris\n');
  const results = await readResults(join(folder, 'r.csv'));
  for (const name of ['train.json', 'train.csv'])
    expect(await findLeakage(results, join(folder, name))).toMatchObject({ checked: 21, leaked: 1 });
  await expect(findLeakage(results, join(folder, 'none.jsonl'))).rejects.toThrow(/there is no such file/);
});
