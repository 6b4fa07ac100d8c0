import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { testHost } from '@sluice/host';
import { cacheFolder } from '@sluice/process';
import { expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';

const FIXTURES = join(import.meta.dirname, '../../packages/evaluation/fixtures/scores.json');
const { chinese, rougeChineseWords } = JSON.parse(readFileSync(FIXTURES, 'utf8'));

/** The gate on predictions in Chinese, the words asked for as `asked`. */
async function judged(asked: string) {
  using host = testHost({ action: 'eval-gate', cacheDir: cacheFolder(), env: { ...process.env } });
  const rows = chinese.hypotheses.map((prediction: string, id: number) => ({
    id,
    prediction,
    reference: chinese.references[id],
  }));
  host.write('p.jsonl', rows.map((row: object) => `${JSON.stringify(row)}\n`).join(''));
  host.write(
    'gates.yaml',
    `scores: [rouge1_zh, rouge2_zh, rougeL_zh]\nchinese: ${asked}\ngates: [{metric: rougeL_zh, at-least: 0.01}]\n`,
  );
  const inputs = new Map([
    ['gates', 'gates.yaml'],
    ['candidate', 'p.jsonl'],
  ]);
  const { outputs } = await gate.run(parseInputs(gate.definition, inputs), host);
  const wire = encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
  return JSON.parse(wire.get('metrics') as string) as Record<string, number>;
}

test('ROUGE on the words of a real jieba is rouge-chinese on them; on characters it is called otherwise', async () => {
  const metrics = await judged('jieba');
  for (const [name, type] of [
    ['rouge1_zh', 'rouge-1'],
    ['rouge2_zh', 'rouge-2'],
    ['rougeL_zh', 'rouge-l'],
  ]) {
    const all: number[] = rougeChineseWords.rouge.map(
      (r: Record<string, { f: number }>) => r[type as string]?.f,
    );
    expect(metrics[`all/${name}@jieba`], name).toBeCloseTo(all.reduce((a, b) => a + b) / all.length, 9);
  }
  const characters = await judged('characters');
  expect(Object.keys(characters)).toEqual(['all/rouge1_zh', 'all/rouge2_zh', 'all/rougeL_zh']);
  expect(characters['all/rougeL_zh']).not.toBeCloseTo(metrics['all/rougeL_zh@jieba'] as number, 3);
});
