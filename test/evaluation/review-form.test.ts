import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../cli/src/main.ts';
import { chromium, type Page, until } from '../parts/chromium.ts';

/** The form in a real browser, opened from the disk and worked by keys alone. */
let folder: string;
let page: Page;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-review-form-'));
  page = await chromium();
});
afterEach(async () => {
  await page[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function sluice(...argv: string[]) {
  let [stdout, stderr] = ['', ''];
  const exit = await main(argv, {
    programs: '/programs',
    env: {},
    cwd: folder,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { exit, stdout, stderr };
}

const ITEMS = 20;
const HOSTILE = '</script><img src=x onerror="document.title=1"><b>粗体</b> & "quotes"';

/** The candidate is good at all items but the first `bad`. */
function results(name: string, word: (i: number) => string): void {
  const rows = Array.from({ length: ITEMS }, (_, i) =>
    JSON.stringify({
      id: `q${i}`,
      input: `问题 ${i}: ${HOSTILE}`,
      target: '',
      answer: `${word(i)} 答案 ${i}`,
      accuracy: 1,
    }),
  );
  writeFileSync(join(folder, name), `${rows.join('\n')}\n`);
}

async function drawn(form: string): Promise<string> {
  const { exit, stdout, stderr } = await sluice(
    ...['review', 'draw', '--candidate', 'new.jsonl', '--baseline', 'old.jsonl', '--form', form],
    ...['--samples', '12', '--seed', '3', '--out', 'sample', '--json'],
  );
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const { files, seed } = JSON.parse(stdout);
  expect(seed).toBe(3);
  return pathToFileURL(join(folder, files.form)).href;
}

const shown = () =>
  page.evaluate<string[]>("[...document.querySelectorAll('.answer p')].map((p) => p.textContent)");
const seen = (id: string) => page.evaluate<boolean>(`!document.getElementById('${id}').hidden`);
const count = () => page.evaluate<string>("document.getElementById('count').textContent");

/** Rates card after card with the key that `key` gives for its answers. */
async function rateAll(key: (answers: string[]) => string, most = Number.POSITIVE_INFINITY): Promise<number> {
  let rated = 0;
  while ((await seen('rate')) && rated < most) {
    await page.press(key(await shown()));
    rated++;
  }
  return rated;
}

async function downloaded(extension: string): Promise<string> {
  const found = () => {
    try {
      return readdirSync(page.downloads).filter((name) => name.endsWith(extension));
    } catch {
      return [];
    }
  };
  await until(() => found().length > 0, `a download *${extension}`);
  return join(page.downloads, found()[0] as string);
}

test('two reviewers rate with the keyboard alone; the gate decides on what they exported', async () => {
  results('new.jsonl', (i) => (i < 4 ? 'bad' : 'good'));
  results('old.jsonl', () => 'good old');
  const address = await drawn('acceptable');
  const judge = (answers: string[]) => (answers[0]?.startsWith('bad') ? 'ArrowLeft' : 'ArrowRight');
  await page.open(address);
  await page.type('安 Ann');
  await page.press('Enter');
  await rateAll(judge, 5);
  await page.press('c');
  await page.type('=1+1, "a comment"');
  await page.press('Escape');
  expect(await count()).toMatch(/^5 of \d+ rated by 安 Ann$/);

  await page.open(address); // a reload loses nothing
  expect(await count()).toMatch(/^5 of \d+ rated by 安 Ann$/);
  const cards = 5 + (await rateAll(judge));
  expect(await page.evaluate("document.getElementById('summary').textContent")).toBe(
    `All ${cards} items are rated. Thank you.`,
  );
  expect(await page.evaluate('document.activeElement.id')).toBe('csv');
  await page.press('Enter');
  const ann = await downloaded('.csv');
  expect(readFileSync(ann, 'utf8')).toContain('"\'=1+1, ""a comment"""');

  for (let i = 0; i < 3; i++) await page.press('Tab'); // JSON, back, someone else
  await page.press('Enter');
  expect(await seen('start')).toBe(true);
  await page.type('Ben');
  await page.press('Enter');
  expect(await count()).toBe(`0 of ${cards} rated by Ben`);
  await rateAll(judge);
  await page.press('Tab');
  await page.press('Enter');
  const ben = await downloaded('.json');

  const read = (...rest: string[]) =>
    sluice('review', 'read', '--key', 'sample/review-key.json', ann, ...rest);
  const { stdout } = await read(ben, '--json');
  const summary = JSON.parse(stdout);
  const bad = JSON.parse(readFileSync(join(folder, 'sample/review-key.json'), 'utf8')).items.length;
  expect(summary).toMatchObject({
    items: bad,
    rated: bad,
    reviewers: ['Ben', '安 Ann'],
    baseline: { value: 1 },
  });
  expect(summary.candidate.value).toBeLessThan(1);
  expect(summary.agreement).toMatchObject({ measure: "Cohen's kappa", same: 1, n: cards });
  const asked = async (atLeast: number) => {
    writeFileSync(
      join(folder, 'gates.yaml'),
      `gates: [{metric: accuracy, at-least: 0.5}]\nreview: {samples: 12, at-least: ${atLeast}, reviewers: 2}\n`,
    );
    return read(ben, '--gates', 'gates.yaml', '--candidate', 'new.jsonl', '--baseline', 'old.jsonl');
  };
  expect(await asked(summary.candidate.value)).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('approve:'),
  });
  expect(await asked(0.99)).toMatchObject({ exit: 3, stdout: expect.stringContaining('reject:') });

  expect(page.requested).toEqual([]);
  expect(await page.evaluate('document.title')).toBe('Which answers are good?');
});

test('pairs: arrows and space, blind, one column in a narrow window, light and dark', async () => {
  results('new.jsonl', (i) => (i % 4 === 0 ? 'same' : 'better'));
  results('old.jsonl', (i) => (i % 4 === 0 ? 'same' : 'worse'));
  await page.open(await drawn('pairs'));
  await page.type('Ann');
  await page.press('Enter');
  const columns = () =>
    page.evaluate<number>("new Set([...document.querySelectorAll('.answer')].map((a) => a.offsetLeft)).size");
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  await page.look({ width: 1200, height: 800, dark: false });
  expect([await columns(), await background()]).toEqual([2, 'rgb(255, 255, 255)']);
  await page.look({ width: 390, height: 844, dark: true });
  expect([await columns(), await background()]).toEqual([1, 'rgb(13, 17, 23)']);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  const sides: boolean[] = [];
  await rateAll(([a]) => {
    sides.push(a?.startsWith('better') ?? false);
    // every third one is called a tie
    return sides.length % 3 === 0 ? ' ' : a?.startsWith('better') ? 'ArrowLeft' : 'ArrowRight';
  });
  // the sides are drawn with a secret of each sample; what was shown left is what the key says
  const { cards } = JSON.parse(readFileSync(join(folder, 'sample/review-key.json'), 'utf8')) as {
    readonly cards: readonly { readonly shows: readonly string[] }[];
  };
  const left = cards.filter(({ shows }) => shows[0] === 'candidate').length;
  expect(sides.filter(Boolean)).toHaveLength(left);
  await page.press('Enter');
  const { exit, stdout } = await sluice(
    'review',
    'read',
    '--key',
    'sample/review-key.json',
    await downloaded('.csv'),
    '--json',
  );
  expect(exit).toBe(0);
  const ties = Math.floor(sides.length / 3);
  expect(JSON.parse(stdout)).toMatchObject({
    identical: 12 - sides.length,
    difference: { value: expect.closeTo((sides.length - ties) / 12, 10) },
    baseline: { value: 0 },
  });
});
