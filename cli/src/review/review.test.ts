import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults, writeNormalForm } from '@sluice/evaluation';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { main } from '../main.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-review-'));
  for (const name of ['new', 'old']) {
    const rows = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        id: `q${i}`,
        input: `q ${i}`,
        answer: `${name} ${i}`,
        accuracy: 1,
        lang: i < 15 ? 'zh' : 'en',
      }),
    );
    writeFileSync(join(folder, `${name}.jsonl`), `${rows.join('\n')}\n`);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

async function review(...argv: string[]) {
  let [stdout, stderr] = ['', ''];
  const exit = await main(['review', ...argv], {
    programs: '/programs',
    env: {},
    cwd: folder,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { exit, stdout, stderr };
}
const DRAW = ['draw', '--candidate', 'new.jsonl', '--out', 'out'];

/** The sheet with every row rated. */
function rate(word: (line: string) => string, name = 'rated.csv'): string {
  const sheet = readFileSync(join(folder, 'out/for-reviewers/review.csv'), 'utf8');
  const lines = sheet
    .split('\r\n')
    .map((line, i) => (i === 0 ? line : line.replace(/,,,$/, `,${word(line)},,Ann`)));
  writeFileSync(join(folder, name), lines.join('\r\n'));
  return name;
}

it('draws what the gates ask for, says the seed, and hides the key from other users', async () => {
  writeFileSync(
    join(folder, 'gates.yaml'),
    'gates: [{metric: accuracy, at-least: 0}]\nreview: {samples: 20, at-least: 0.9}',
  );
  const { exit, stdout } = await review(
    ...DRAW,
    '--stratify',
    'slice:lang',
    '--gates',
    'gates.yaml',
    '--seed',
    '9',
  );
  expect(exit).toBe(0);
  expect(stdout).toContain('20 items drawn with seed 9, 20 to rate (form acceptable).');
  expect(stdout).toMatch(/en: 15 of 45\n {2}zh: 5 of 15/);
  expect(statSync(join(folder, 'out/review-key.json')).mode & 0o077).toBe(0);
  const again = await review(...DRAW);
  expect(again).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('holds the key of a sample already'),
  });
});

it('reads ratings, and lets the gates decide only on the answers that were rated', async () => {
  await review(...DRAW, '--samples', '20');
  const ratings = rate((line) => (line.includes('new 1') ? 'no' : 'yes'));
  const key = ['read', '--key', 'out/review-key.json'];
  const text = await review(...key, ratings);
  expect(text.exit).toBe(0);
  expect(text.stdout).toMatch(/rated by all\s+20 of 20\n\s+candidate acceptable\s+\d+ % \(/);
  writeFileSync(
    join(folder, 'gates.yaml'),
    'gates: [{metric: accuracy, at-least: 0}]\nreview: {samples: 20, at-least: 0.5}',
  );
  const gated = [...key, ratings, '--gates', 'gates.yaml'];
  expect(await review(...gated, '--candidate', 'new.jsonl')).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/approve: review at least 0\.5/),
  });
  expect(await review(...gated, '--candidate', 'old.jsonl')).toMatchObject({
    exit: 3,
    stdout: expect.stringMatching(/undecided: .*of other answers than those of\s+old\.jsonl/),
  });
  expect(await review(...gated)).toMatchObject({ exit: 2, stderr: expect.stringContaining('--candidate') });
  const partly = rate((line) => (line.includes('new 1') ? '' : 'yes'), 'partly.csv');
  expect(await review(...key, partly, '--gates', 'gates.yaml', '--candidate', 'new.jsonl')).toMatchObject({
    exit: 3,
  });
});

it('takes results from the store by their run, and says where there are none', async () => {
  const kept = join(folder, 'kept.jsonl.gz');
  const digest = await writeNormalForm(await readResults(join(folder, 'new.jsonl')), kept);
  const place = join(folder, '.sluice/store', 'run-12345678/evaluation');
  mkdirSync(place, { recursive: true });
  copyFileSync(kept, join(place, `${digest.slice(7)}.jsonl.gz`));
  const fromRun = await review(
    'draw',
    '--candidate',
    'run-12345678',
    '--out',
    'out',
    '--samples',
    '20',
    '--json',
  );
  expect(fromRun).toMatchObject({ exit: 0, stderr: '' });
  writeFileSync(
    join(folder, 'gates.yaml'),
    'gates: [{metric: accuracy, at-least: 0}]\nreview: {samples: 20, at-least: 0.5}',
  );
  // the ratings count for the files that the run's results were made of, and for none else
  const gated = [
    'read',
    '--key',
    'out/review-key.json',
    rate(() => 'yes'),
    '--gates',
    'gates.yaml',
    '--candidate',
  ];
  expect((await review(...gated, 'new.jsonl')).exit).toBe(0);
  expect((await review(...gated, 'old.jsonl')).exit).toBe(3);
  const none = await review('draw', '--candidate', 'run-87654321', '--out', 'other');
  expect(none).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('the store holds 0 sets of results'),
  });
});

it.each<[string[], string]>([
  [[], 'review knows two commands: draw and read; given: nothing'],
  [['draw'], 'review draw needs --candidate <results> and --out <folder>'],
  [[...DRAW, '--form', 'stars'], "--form is 'stars' (allowed: pairs, acceptable, scale)"],
  [[...DRAW, '--samples', '0'], "--samples is '0'; expected a whole number from 1"],
  [[...DRAW, '--stratify', 'language'], "--stratify is 'language' (allowed: task, slice:<column>)"],
  [[...DRAW, '--form', 'pairs'], 'pairs need a baseline'],
  [[...DRAW, '--candidat', 'x'], 'did you mean --candidate?'],
  [['read', 'a.csv'], 'review read needs --key'],
  [['read', '--key', 'no.json', 'a.csv'], 'no.json cannot be read'],
])('%j is told what is wrong', async (argv, message) => {
  const { exit, stderr } = await review(...argv);
  expect(exit).toBe(2);
  expect(stderr).toContain(message);
});

it('helps', async () => {
  const { exit, stdout } = await review('--help');
  expect(exit).toBe(0);
  expect(stdout).toMatch(/--stratify\s+task/);
  expect(stdout).toMatch(/--key\s+review-key\.json/);
});
