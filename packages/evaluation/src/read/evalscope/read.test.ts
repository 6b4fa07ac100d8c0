import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decide } from '../../gates/decide.ts';
import { readGates } from '../../gates/document.ts';
import { pair } from '../../pair/pair.ts';
import { type Found, findSeries } from '../../results/metric-name.ts';
import { readResults } from '../read-results.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/evalscope');

test('report, reviews and configuration make one task with items and printed figures', async () => {
  const results = await readResults(join(FIXTURES, 'good'));
  expect(results.format).toBe('evalscope');
  expect(results.evaluator.version).toBe('1.14.0');
  expect(results.model).toBe('good');
  const rouge = findSeries(results, 'Rouge-L-R') as Found;
  expect(rouge.task.name).toBe('general_qa');
  expect(rouge.task.items?.size).toBe(20);
  expect(rouge.series.higherIsBetter).toBe(true);
  const scores = rouge.series.scores;
  const mean =
    Array.from({ length: 20 }, (_, row) => scores?.mean(row) as number).reduce((a, b) => a + b) / 20;
  expect(mean).toBeCloseTo(rouge.series.aggregate as number, 3);
});

test('a metric that EvalScope failed to compute has no scores, though its rows say 0', async () => {
  const results = await readResults(join(FIXTURES, 'good'));
  expect(findSeries(results, 'bleu-1')?.series.scores?.count(0)).toBe(0);
  expect(results.notes.join()).toMatch(/could not compute BLEU .* missing values, not scores/);
});

test('rows stand in the order of completion, and still pair', async () => {
  const good = findSeries(await readResults(join(FIXTURES, 'good')), 'Rouge-L-R') as Found;
  const bad = findSeries(await readResults(join(FIXTURES, 'bad')), 'Rouge-L-R') as Found;
  expect(pair(bad, good)).toMatchObject({ onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: 0 });
});

test('repeats are scores of the same items', async () => {
  const results = await readResults(join(FIXTURES, 'repeats'));
  const found = findSeries(results, 'Rouge-L-R') as Found;
  expect(found.task.items?.size).toBe(20);
  expect(found.series.scores?.count(5)).toBe(2);
});

test('items that failed in the evaluator are missing, not wrong', async () => {
  const results = await readResults(join(FIXTURES, 'errors'));
  expect(results.tasks[0]).toMatchObject({ errored: 2, incomplete: 0 });
  expect(results.tasks[0]?.items?.size).toBe(4);
  expect(results.notes.join()).toContain('2 items failed in the evaluator and have no score');
});

test('a report of items that never ran is incomplete', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  await cp(join(FIXTURES, 'good'), folder, { recursive: true });
  const path = join(folder, 'reports/good/general_qa.json');
  const report = JSON.parse(await readFile(path, 'utf8'));
  report.execution_summary = { requested: 25, succeeded: 20, errored: 2, incomplete: true };
  await writeFile(path, JSON.stringify(report));
  expect((await readResults(folder)).tasks[0]).toMatchObject({ incomplete: 3, errored: 2 });
});

test('subsets are slices', async () => {
  const results = await readResults(join(FIXTURES, 'choice'), { slices: ['subset'] });
  expect(results.tasks[0]?.items?.slices.get('subset')?.labels).toEqual(['sums']);
  expect(findSeries(results, 'accuracy')?.task.items?.size).toBe(8);
});

test('a report of schema version 1 is read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  const report = {
    name: 'm@arc',
    dataset_name: 'arc',
    model_name: 'm',
    metrics: [{ name: 'AverageAccuracy', num: 4, score: 0.75, categories: [] }],
  };
  await writeFile(join(folder, 'arc.json'), JSON.stringify(report));
  const results = await readResults(folder);
  expect(findSeries(results, 'AverageAccuracy')?.series.aggregate).toBe(0.75);
});

test('two models in one folder are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  for (const name of ['good', 'bad']) await cp(join(FIXTURES, name), join(folder, name), { recursive: true });
  expect((await readdir(folder)).length).toBe(2);
  await expect(readResults(folder)).rejects.toThrow(/several models \(bad, good\)/);
});

test('a report that counts more rows than the reviews hold is incomplete, one that counts fewer is of another run', async () => {
  expect.hasAssertions();
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  await cp(join(FIXTURES, 'good'), folder, { recursive: true });
  const path = join(folder, 'reports/good/general_qa.json');
  const report = JSON.parse(await readFile(path, 'utf8'));
  delete report.execution_summary; // as older reports
  report.num = 25;
  await writeFile(path, JSON.stringify(report));
  expect((await readResults(folder)).tasks[0]?.incomplete).toBe(5);
  for (const metric of [report, ...report.metrics]) metric.num = 10;
  await writeFile(path, JSON.stringify(report));
  await expect(readResults(folder)).rejects.toThrow(/hold 20 scored rows, but the report counts 10/);
});

test('items that failed in the evaluator are missing beside a baseline, not another data set', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  await cp(join(FIXTURES, 'good'), folder, { recursive: true });
  const reviews = join(folder, 'reviews/good/general_qa_sums.jsonl');
  const rows = (await readFile(reviews, 'utf8')).trimEnd().split('\n');
  const path = join(folder, 'reports/good/general_qa.json');
  const report = JSON.parse(await readFile(path, 'utf8'));
  report.execution_summary = { requested: 20, succeeded: 18, errored: 2, incomplete: true };
  for (const counted of [report, ...report.metrics]) counted.num = 18;
  await writeFile(path, JSON.stringify(report));
  const judged = async (kept: number, missing: number) => {
    await writeFile(reviews, `${rows.slice(0, kept).join('\n')}\n`);
    return decide({
      document: readGates(
        `missing: {at-most: ${missing}}\ngates: [{metric: Rouge-L-R, not-worse-than: baseline, margin: 0.5}]`,
        'gates.yaml',
      ),
      candidate: await readResults(folder),
      baseline: await readResults(join(FIXTURES, 'good')),
    });
  };
  expect((await judged(18, 0)).gates[0]).toMatchObject({
    decision: 'undecided',
    reason: expect.stringContaining('2 of 20 items have no score on both sides'),
  });
  const allowed = await judged(18, 0.1);
  expect(allowed.comparability.comparable).toBe(true);
  expect(allowed.gates[0]).toMatchObject({ n: 18, unused: { onlyInBaseline: 2 } });
  // one more than failed is not explained by the failures
  expect((await judged(17, 0.5)).gates[0]?.reason).toContain("the candidate's run is not complete: 1 item");
});

test.each([
  ['reports/good/general_qa.json', (text: string) => text.slice(0, -400)],
  ['reports/good/general_qa.json', () => ''],
  ['reviews/good/general_qa_sums.jsonl', (text: string) => text.slice(0, 200)],
  ['reviews/good/general_qa_sums.jsonl', (text: string) => text.replace('"index"', '"place"')],
  ['reviews/good/general_qa_sums.jsonl', () => ''],
])('%s that is damaged is not passed over', async (name, damage) => {
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  await cp(join(FIXTURES, 'good'), folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, damage(await readFile(path, 'utf8')));
  await expect(readResults(folder)).rejects.toThrow(`${path} is not readable as a file of evalscope`);
});

test('a report whose mean is not that of its reviews is of another run', async () => {
  expect.hasAssertions();
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  await cp(join(FIXTURES, 'good'), folder, { recursive: true });
  const path = join(folder, 'reports/good/general_qa.json');
  const report = JSON.parse(await readFile(path, 'utf8'));
  for (const { identity, ...metric } of report.metrics) {
    if (identity.name !== 'rouge') continue;
    const others = report.metrics.filter((m: { identity: object }) => m.identity !== identity);
    const changed = { ...metric, identity, score: metric.score + 0.01 };
    await writeFile(path, JSON.stringify({ ...report, metrics: [...others, changed] }));
    await expect(readResults(folder)).rejects.toThrow(
      /the mean of Rouge-.* in the reviews of general_qa is .*, but the report beside them says .*: they are not of one run/,
    );
  }
});

test('a report alone whose run lost items proves nothing: the average is of the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evalscope-'));
  await cp(join(FIXTURES, 'errors/reports'), join(folder, 'reports'), { recursive: true });
  const report = await decide({
    document: readGates('gates: [{metric: rouge-l-r, at-least: 0}]', 'g'),
    candidate: await readResults(folder),
    baseline: null,
  });
  expect(report.gates[0]).toMatchObject({
    decision: 'undecided',
    reason: expect.stringContaining('2 items failed in the evaluator, and only the average of the others'),
  });
});
