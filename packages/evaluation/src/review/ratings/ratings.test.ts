import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reviewerAgreement } from '../agreement/reviewers.ts';
import { countReview } from '../count/count.ts';
import { summarizeReview } from '../count/summary.ts';
import { type Drawn, drawReview } from '../draw/draw.ts';
import type { ReviewForm } from '../form.ts';
import { readReview } from '../read-review.ts';
import { sheetCsv } from '../sheet/csv.ts';
import { answered } from '../testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-review-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const candidate = answered('new', { qa: 20 }, (i) => `new ${i}`);
const baseline = answered('old', { qa: 20 }, (i) => (i === 3 ? 'new 3' : `old ${i}`));
const RULE = { disagreement: 'all-accept', acceptableFrom: 4 } as const;

async function drawn(form: ReviewForm): Promise<Drawn> {
  const sample = await drawReview(candidate, baseline, {
    form,
    samples: 20,
    stratify: { by: 'task' },
    seed: 1,
    secret: Buffer.alloc(32, 7),
    title: 'Review',
  });
  write('key.json', JSON.stringify(sample.key));
  return sample;
}

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Ratings as the form exports them: `rate` is told the answers of a card. */
function ratings(
  { sheet }: Drawn,
  reviewer: string,
  rate: (answers: readonly string[], i: number) => string,
  kind: 'csv' | 'json' = 'csv',
): string {
  const rows = sheet.cards.map((card, i) => ({ card: card.id, rating: rate(card.answers, i) }));
  if (kind === 'json')
    return write(
      `${reviewer}.json`,
      JSON.stringify({
        sluice: 'review-ratings/1',
        sample: sheet.sample,
        form: sheet.form,
        reviewer,
        ratings: rows,
      }),
    );
  const lines = rows.map(
    (row) => `${sheet.sample},${row.card},${row.rating},"a comment, in two\nlines",${reviewer}`,
  );
  return write(`${reviewer}.csv`, `\ufeffsample,card,rating,comment,reviewer\r\n${lines.join('\r\n')}\r\n`);
}

const read = (...files: string[]) => readReview(join(folder, 'key.json'), files);

describe('ratings', () => {
  it('in pairs find the version behind A and B, and a tie where both said the same', async () => {
    const sample = await drawn('pairs');
    const newer = (answers: readonly string[]) => (answers[0]?.startsWith('new') ? 'A' : 'B');
    const review = await read(ratings(sample, 'Ann', newer, 'json'));
    expect(review.items).toHaveLength(20);
    const { candidate: mine, baseline: theirs } = countReview(review, RULE, 'both');
    expect(mine.reduce((a, b) => a + b)).toBe(19);
    expect(theirs?.reduce((a, b) => a + b)).toBe(0);
    const older = await read(ratings(sample, 'Ben', (answers) => (newer(answers) === 'A' ? 'b' : 'a')));
    expect(countReview(older, RULE, 'both').baseline?.reduce((a, b) => a + b)).toBe(19);
  });

  it('fill the column of the sheet itself', async () => {
    const sample = await drawn('acceptable');
    const sheet = sheetCsv(sample.sheet).replace(/,,,\r\n/g, ',YES,,Cai\r\n');
    const review = await read(write('sheet.csv', sheet));
    expect(review.reviewers).toEqual(['Cai']);
    expect(countReview(review, RULE, 'both').candidate).toEqual(new Float64Array(20).fill(1));
  });

  it('may have the empty rows that a spreadsheet leaves at the end', async () => {
    const sample = await drawn('acceptable');
    const file = ratings(sample, 'Ann', () => 'yes');
    appendFileSync(file, ',,,,\r\n,,,,\r\n');
    expect((await read(file)).reviewers).toEqual(['Ann']);
  });

  it('of one person who wrote the name in another case are not those of two', async () => {
    const sample = await drawn('acceptable');
    const ann = ratings(sample, 'Ann', () => 'yes');
    await expect(
      read(
        ann,
        ratings(sample, ' ANN', () => 'yes'),
      ),
    ).rejects.toThrow(/Ann rates card .* again/);
  });

  it('count an item only where every reviewer rated it; all must accept, or most of them', async () => {
    const sample = await drawn('scale');
    const review = await read(
      ratings(sample, 'Ann', () => '4'),
      ratings(sample, 'Ben', (_, i) => (i === 0 ? '' : i < 10 ? '3' : '5')),
      ratings(sample, 'Cai', () => '5'),
    );
    expect(countReview(review, RULE, 'both').places).toHaveLength(19);
    const share = (rule: Parameters<typeof countReview>[1]) => {
      const { candidate: mine, baseline: theirs } = countReview(review, rule, 'both');
      return [...mine, ...(theirs ?? [])].filter((v) => v === 0).length;
    };
    // nine answers that Ben calls fair; the one that both versions gave counts on both sides
    expect(share(RULE)).toBeGreaterThanOrEqual(8);
    expect(share({ ...RULE, disagreement: 'majority' })).toBe(0);
    expect(share({ ...RULE, acceptableFrom: 3 })).toBe(0);
  });

  it('of small strata that are drawn more often do not stand for the whole', async () => {
    const uneven = answered('new', { big: 90, small: 2 }, (i, task) => `${task} ${i}`);
    const { sheet, key } = await drawReview(uneven, null, {
      form: 'acceptable',
      samples: 4,
      stratify: { by: 'task' },
      seed: 1,
      secret: Buffer.alloc(32, 7),
      title: 'Review',
    });
    write('key.json', JSON.stringify(key));
    const bad = ratings({ sheet, key }, 'Ann', (answers) => (answers[0]?.startsWith('small') ? 'no' : 'yes'));
    const { candidate: share, candidateWeighted } = summarizeReview(await read(bad), RULE, 0.9);
    expect(share?.value).toBe(0.75);
    expect(candidateWeighted).toBeCloseTo(90 / 92, 12);
  });

  it('say how the reviewers agree, beyond chance', async () => {
    const sample = await drawn('acceptable');
    const says = (answers: readonly string[], i: number) =>
      answers[0]?.endsWith('1') || i === 2 ? 'no' : 'yes';
    const ann = ratings(sample, 'Ann', says);
    const ben = ratings(sample, 'Ben', (answers, i) => (i === 5 ? 'no' : says(answers, i)));
    expect(reviewerAgreement(await read(ann), 0.9)).toBeNull();
    const two = reviewerAgreement(await read(ann, ben), 0.9);
    expect(two).toMatchObject({ measure: "Cohen's kappa", n: 39, same: 38 / 39 });
    expect(two?.value).toBeGreaterThan(0.8);
    expect(two?.interval?.lower).toBeLessThan(two?.value as number);
    const three = reviewerAgreement(await read(ann, ben, ratings(sample, 'Cai', says)), 0.9);
    expect(three).toMatchObject({ measure: "Krippendorff's alpha, nominal", n: 39 });
  });
});

describe('ratings that do not fit are one error', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    [
      'another sample',
      (t) => t.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${'0'.repeat(64)}`),
      /line 2: rates another sample/,
    ],
    ['an unknown card', (t) => t.replace(/,[0-9a-f]{12},/, ',nobody,'), /the sample has no card "nobody"/],
    [
      'a word that is no rating',
      (t) => t.replace(',yes,', ',maybe,'),
      /"maybe" is no rating \(allowed: no, yes\)/,
    ],
    ['a duplicate', (t) => `${t}${t.split('\r\n')[1]}\r\n`, /Ann rates card [0-9a-f]{12} again \(.*line 2\)/],
    ['no column', (t) => t.replace('rating', 'note'), /has no column rating/],
    ['nothing at all', () => 'sample,card,rating\n', /holds no ratings/],
  ])('%s', async (_, change, message) => {
    const sample = await drawn('acceptable');
    ratings(sample, 'Ann', () => 'yes');
    const text = sheetCsv(sample.sheet)
      .split('\r\n')
      .map((line, i) => (i === 0 ? line : line.replace(/,,,$/, ',yes,,Ann')))
      .join('\r\n');
    await expect(read(write('changed.csv', change(text)))).rejects.toThrow(message);
  });

  it('a key that is none, is missing, or does not hold together', async () => {
    const sample = await drawn('acceptable');
    const ann = ratings(sample, 'Ann', () => 'yes');
    await expect(readReview(join(folder, 'no.json'), [ann])).rejects.toThrow(/review-key\.json that/);
    await expect(readReview(ann, [ann])).rejects.toThrow();
    write('key.json', JSON.stringify({ ...sample.key, cards: [...sample.key.cards, sample.key.cards[0]] }));
    await expect(read(ann)).rejects.toThrow(/do not belong together/);
    await expect(readReview(join(folder, 'key.json'), [])).rejects.toThrow(/no ratings are given/);
  });
});
