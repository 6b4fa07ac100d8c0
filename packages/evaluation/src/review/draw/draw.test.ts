import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { sheetCsv } from '../sheet/csv.ts';
import { answered } from '../testing.ts';
import { type DrawOptions, drawReview } from './draw.ts';
import { allocate } from './strata.ts';

const OPTIONS: DrawOptions = {
  form: 'pairs',
  samples: 12,
  stratify: { by: 'task' },
  seed: 1,
  secret: Buffer.alloc(32, 7),
  title: 'Review',
};
const candidate = answered('new', { qa: 30, sums: 10 }, (i) => `new ${i}`);
const baseline = answered('old', { qa: 30, sums: 10 }, (i) => (i % 5 === 0 ? `new ${i}` : `old ${i}`));

test('a stratum gets its share, one at least, never more than it has', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 12, max: 400 }), (of, samples) => {
      const drawn = allocate(of, samples);
      const total = of.reduce((sum, n) => sum + n, 0);
      expect(drawn.reduce((sum, n) => sum + n, 0)).toBe(Math.min(samples, total));
      for (const [h, n] of drawn.entries()) {
        expect(n).toBeGreaterThanOrEqual(1);
        expect(n).toBeLessThanOrEqual(of[h] as number);
        // strata of one item push the others down by less than their number
        const share = (Math.min(samples, total) * (of[h] as number)) / total;
        if (share >= 1) expect(n).toBeGreaterThan(share - 1 - of.length);
        expect(n).toBeLessThanOrEqual(Math.max(1, Math.ceil(share)));
      }
    }),
  );
});

describe('draw', () => {
  it('draws the same items for one seed, other sides for another secret', async () => {
    const first = await drawReview(candidate, baseline, OPTIONS);
    const again = await drawReview(candidate, baseline, OPTIONS);
    expect(again).toEqual(first);
    const secret = await drawReview(candidate, baseline, { ...OPTIONS, secret: Buffer.alloc(32, 8) });
    expect(secret.key.items).toEqual(first.key.items);
    expect(secret.sheet.cards.map((card) => card.id)).not.toEqual(first.sheet.cards.map((card) => card.id));
    const seeded = await drawReview(candidate, baseline, { ...OPTIONS, seed: 2 });
    expect(seeded.key.items).not.toEqual(first.key.items);
    expect(first.key.strata).toEqual([
      { name: 'qa', items: 30, drawn: 9 },
      { name: 'sums', items: 10, drawn: 3 },
    ]);
  });

  it('shows both answers once, on sides that the key alone tells', async () => {
    const { sheet, key } = await drawReview(candidate, baseline, { ...OPTIONS, samples: 40 });
    const shown = key.items.filter((item) => !item.identical).length;
    expect(shown).toBe(32);
    expect(sheet.cards).toHaveLength(shown);
    const left = sheet.cards.map((card) => card.answers[0]?.startsWith('new'));
    expect(left.filter(Boolean).length).toBeGreaterThan(6);
    expect(left.filter((isNew) => !isNew).length).toBeGreaterThan(6);
    for (const [i, { shows }] of key.cards.entries()) expect(shows[0] === 'candidate').toBe(left[i]);
  });

  it('leaks no version: the sheet has no word of the sources, and the order of the cards says nothing', async () => {
    const { sheet } = await drawReview(
      { ...candidate, source: 'SECRET-CANDIDATE' },
      { ...baseline, source: 'SECRET-BASELINE' },
      { ...OPTIONS, form: 'acceptable', samples: 40 },
    );
    const text = JSON.stringify(sheet) + sheetCsv(sheet);
    expect(text).not.toMatch(/SECRET|candidate|baseline|seed/i);
    const isNew = sheet.cards.map((card) => Number(card.answers[0]?.startsWith('new')));
    const mean = (list: number[]) => list.reduce((sum, v) => sum + v, 0) / list.length;
    const places = isNew.flatMap((v, i) => (v ? [i / isNew.length] : []));
    expect(Math.abs(mean(places) - 0.5)).toBeLessThan(0.15);
  });

  it('shows an answer that both gave once', async () => {
    const { sheet, key } = await drawReview(candidate, baseline, { ...OPTIONS, form: 'scale', samples: 40 });
    const same = key.cards.filter((card) => card.shows.length === 2);
    expect(same).toHaveLength(8);
    expect(sheet.cards).toHaveLength(2 * 40 - 8);
    expect(sheet.cards.every((card) => card.answers.length === 1)).toBe(true);
  });

  it('stratifies by a slice', async () => {
    const sliced = answered('new', { qa: 40 }, String, { slice: (i) => (i < 30 ? 'en' : '中文') });
    const { key } = await drawReview(sliced, null, {
      ...OPTIONS,
      form: 'acceptable',
      stratify: { by: 'slice', slice: 'language' },
    });
    expect(key.strata).toEqual([
      { name: 'en', items: 30, drawn: 9 },
      { name: '中文', items: 10, drawn: 3 },
    ]);
    expect(key.baseline).toBeNull();
  });

  it.each<[string, Partial<DrawOptions>, RegExp]>([
    ['pairs without a baseline', {}, /pairs need a baseline/],
    [
      'a slice that is not there',
      { form: 'scale', stratify: { by: 'slice', slice: 'size' } },
      /no column "size"/,
    ],
    ['more strata than samples', { form: 'scale', samples: 1 }, /2 strata and 1 samples/],
  ])('refuses %s', async (_, options, message) => {
    await expect(drawReview(candidate, null, { ...OPTIONS, ...options })).rejects.toThrow(message);
  });

  it('refuses files without answers, and answers that are all the same', async () => {
    const mute = {
      ...candidate,
      texts: async (_: unknown, rows: readonly number[]) => rows.map(() => undefined),
    };
    await expect(drawReview(mute, baseline, OPTIONS)).rejects.toThrow(/holds scores but no answers/);
    await expect(drawReview(candidate, candidate, OPTIONS)).rejects.toThrow(/nothing to compare/);
  });
});
