import { describe, expect, it } from 'vitest';
import { type DrawOptions, drawReview } from '../review/draw/draw.ts';
import type { ReviewForm } from '../review/form.ts';
import { type Review, reviewOf } from '../review/ratings/review.ts';
import { answered } from '../review/testing.ts';
import { decide } from './decide.ts';
import { readGates } from './document.ts';

const scores = (i: number) => ({ accuracy: 1, helpful: i < 45 ? 1 : 0, grade: i < 45 ? 5 : 2 });
const candidate = answered('new', { qa: 50 }, (i) => `new ${i}`, { scores, slice: (i) => `c${i % 25}` });
const baseline = answered('old', { qa: 50 }, (i) => `old ${i}`, { scores: () => scores(0) });

const DRAW: DrawOptions = {
  form: 'acceptable',
  samples: 50,
  stratify: { by: 'task' },
  seed: 1,
  secret: Buffer.alloc(32, 1),
  title: 'Review',
};

/** What reviewers say of item i of a version. */
type Says = (i: number, version: 'new' | 'old') => string;

async function reviewed(form: ReviewForm, reviewers: Record<string, Says>, samples = 50): Promise<Review> {
  const { sheet, key } = await drawReview(candidate, baseline, { ...DRAW, form, samples });
  const rows = Object.entries(reviewers).flatMap(([reviewer, says]) =>
    sheet.cards.map((card) => {
      const said = card.answers.map((answer) => {
        const [version, i] = answer.split(' ') as ['new' | 'old', string];
        return says(Number(i), version);
      });
      const [a, b] = said as [string, string];
      const rating = form !== 'pairs' ? a : a === b ? 'tie' : a > b ? 'A' : 'B';
      return { where: 'test', sample: sheet.sample, card: card.id, rating, reviewer };
    }),
  );
  return reviewOf(key, rows);
}

const judge = (gates: string, review?: Review, sides = { candidate, baseline }) =>
  decide({
    document: readGates(`gates: [{metric: accuracy, at-least: 0.5}]\n${gates}`, 'gates.yaml'),
    ...sides,
    ...(review ? { review } : {}),
  });
const yes: Says = () => 'yes';
const upTo =
  (bad: number): Says =>
  (i, version) =>
    version === 'new' && i < bad ? 'no' : 'yes';

describe('review as a gate', () => {
  it('approves the share that is asked for, with its exact interval, and rejects under it', async () => {
    const held = await judge(
      'review: {samples: 50, at-least: 0.9}',
      await reviewed('acceptable', { Ann: upTo(5) }),
    );
    expect(held.decision).toBe('approve');
    const gate = held.gates.at(-1);
    expect(gate).toMatchObject({ name: 'review at least 0.9', candidate: 0.9, n: 50, decision: 'approve' });
    expect(gate?.interval?.lower).toBeCloseTo(0.8011669975, 9);
    const missed = await judge(
      'review: {samples: 50, at-least: 0.9}',
      await reviewed('acceptable', { Ann: upTo(6) }),
    );
    expect(missed.decision).toBe('reject');
    expect(missed.sentence).toContain('review at least 0.9');
  });

  it('proven asks for the bound, not the estimate', async () => {
    const gates = 'review: {samples: 50, at-least: 0.9, proven: true}';
    expect((await judge(gates, await reviewed('acceptable', { Ann: upTo(3) }))).decision).toBe('undecided');
    expect((await judge(gates, await reviewed('acceptable', { Ann: yes }))).decision).toBe('approve');
    expect((await judge(gates, await reviewed('acceptable', { Ann: upTo(20) }))).decision).toBe('reject');
  });

  it('with two reviewers all must accept, unless most of them are enough', async () => {
    const review = await reviewed('acceptable', { Ann: yes, Ben: upTo(10), Cai: yes });
    expect((await judge('review: {samples: 50, at-least: 0.9}', review)).decision).toBe('reject');
    const majority = await judge('review: {samples: 50, at-least: 0.9, disagreement: majority}', review);
    expect(majority.decision).toBe('approve');
    expect(majority.review).toMatchObject({ reviewers: ['Ann', 'Ben', 'Cai'], items: 50 });
    expect(majority.review?.agreement?.measure).toContain('Krippendorff');
  });

  it('compares the versions where both were rated, in pairs or one by one', async () => {
    const gates = 'review: {samples: 50, better-than: baseline}';
    const better: Says = (i, version) => (version === 'new' && i < 12 ? '5' : '3');
    const pairs = await judge(gates, await reviewed('pairs', { Ann: better }));
    expect(pairs.decision).toBe('approve');
    expect(pairs.gates.at(-1)).toMatchObject({ estimate: 0.24, test: expect.stringContaining('McNemar') });
    const rated = await judge(gates, await reviewed('scale', { Ann: better }));
    expect(rated.decision).toBe('approve');
    const same = await judge(gates, await reviewed('pairs', { Ann: () => '3' }));
    expect(same.decision).toBe('undecided');
    const worse: Says = (i, version) => (version === 'old' && i < 20 ? '5' : '3');
    const margin = 'review: {samples: 50, not-worse-than: baseline, margin: 0.1}';
    expect((await judge(margin, await reviewed('pairs', { Ann: worse }))).decision).toBe('reject');
  });

  it('counts answers of one cluster as one', async () => {
    const review = await reviewed('acceptable', { Ann: upTo(5) });
    const alone = await judge('review: {samples: 50, at-least: 0.8, proven: true}', review);
    expect(alone.decision).toBe('approve');
    const clustered = await judge(
      'cluster: language\nreview: {samples: 50, at-least: 0.8, proven: true}',
      review,
    );
    expect(clustered.gates.at(-1)?.test).toMatch(/cluster/);
  });
});

describe('never a pass', () => {
  const gates = 'review: {samples: 50, at-least: 0.5}';
  const undecided = async (
    text: string,
    review: Review | undefined,
    because: RegExp,
    sides?: typeof SIDES,
  ) => {
    const report = await judge(text, review, sides);
    expect(report.decision).toBe('undecided');
    expect(report.gates.at(-1)?.reason).toMatch(because);
  };
  const SIDES = { candidate, baseline };

  it('without a review, with too few samples, reviewers or ratings', async () => {
    await undecided(gates, undefined, /there is no human review/);
    await undecided(
      gates,
      await reviewed('acceptable', { Ann: yes }, 40),
      /holds 40 items, and 50 are asked for/,
    );
    await undecided(
      'review: {samples: 50, at-least: 0.5, reviewers: 2}',
      await reviewed('acceptable', { Ann: yes }),
      /1 of 2 reviewers/,
    );
    const forgetful: Says = (i) => (i === 7 ? '' : 'yes');
    await undecided(gates, await reviewed('acceptable', { Ann: forgetful }), /49 of the 50 items/);
    await undecided(
      gates,
      await reviewed('acceptable', { Ann: forgetful, Ben: yes }),
      /49 of the 50 items of the sample are rated by all 2 reviewers/,
    );
  });

  it('where one answer is another than the one that was rated', async () => {
    const review = await reviewed('acceptable', { Ann: yes });
    const changed = answered('newer', { qa: 50 }, (i) => (i === 49 ? 'changed' : `new ${i}`), { scores });
    await undecided(gates, review, /of other answers than those of newer/, { candidate: changed, baseline });
    await undecided(
      'review: {samples: 50, better-than: baseline}',
      review,
      /compare with other answers than/,
      {
        candidate,
        baseline: changed,
      },
    );
  });

  it('where a rated answer changed that the digest of a large set does not read', async () => {
    const large = answered('large', { qa: 6000 }, (i) => `new ${i}`);
    const { sheet, key } = await drawReview(large, null, { ...DRAW, samples: 400 });
    const rows = sheet.cards.map((card) => ({
      where: '',
      sample: sheet.sample,
      card: card.id,
      rating: 'yes',
      reviewer: 'A',
    }));
    const review = reviewOf(key, rows);
    const same = { candidate: large, baseline };
    expect((await judge(gates, review, same)).decision).toBe('approve');
    const keys = large.tasks[0]?.items?.keys;
    const last = review.items
      .map((item) => item.key)
      .sort()
      .at(-1) as string;
    const changed = answered('changed', { qa: 6000 }, (i) =>
      i === keys?.find(last) ? 'another' : `new ${i}`,
    );
    await undecided(gates, review, /of other answers than those of changed/, {
      candidate: changed,
      baseline,
    });
  });

  it('where the form cannot say what is asked', async () => {
    await undecided(gates, await reviewed('pairs', { Ann: () => '3' }), /pairs say which answer is better/);
  });

  it('where the reviewers agree too little', async () => {
    const gate = 'review: {samples: 50, at-least: 0.5, agreement-at-least: 0.6}';
    const review = await reviewed('acceptable', {
      Ann: upTo(10),
      Ben: (i) => (i >= 10 && i < 20 ? 'no' : 'yes'),
    });
    await undecided(gate, review, /agree too little/);
    await undecided(gate, await reviewed('acceptable', { Ann: yes, Ben: yes }), /agreement is undefined/);
    await undecided(gate, await reviewed('acceptable', { Ann: yes }), /one reviewer alone/);
  });
});

describe('a metric beside the human sample', () => {
  const both: Says = (i, version) => (version === 'old' || i < 45 ? 'yes' : 'no');
  const gates = (metric: string, least: number) =>
    `gates: [{metric: ${metric}, at-least: 0.5, agreement-at-least: ${least}}]`;
  const decided = (text: string, review?: Review) =>
    decide({ document: readGates(text, 'gates.yaml'), candidate, baseline, ...(review ? { review } : {}) });

  it('counts where it agrees with people, with kappa, n and interval', async () => {
    const review = await reviewed('acceptable', { Ann: both });
    for (const metric of ['helpful', 'grade']) {
      const report = await decided(gates(metric, 0.6), review);
      expect(report.decision).toBe('approve');
      expect(report.gates[0]?.agreement).toMatchObject({ value: expect.closeTo(1, 12), n: 100, same: 1 });
      expect(report.gates[0]?.agreement?.interval?.lower).toBeLessThan(0.9);
    }
  });

  it('is undecided where it agrees too little, or nobody was asked', async () => {
    const review = await reviewed('acceptable', { Ann: (i) => (i % 2 === 0 ? 'yes' : 'no') });
    const report = await decided(gates('helpful', 0.6), review);
    expect(report.decision).toBe('undecided');
    expect(report.gates[0]?.reason).toMatch(/agrees too little with people.*on 100, 0\.6 is asked for/);
    const alone = await decided(gates('helpful', 0.6));
    expect(alone.gates[0]).toMatchObject({
      decision: 'undecided',
      reason: expect.stringMatching(/no human review/),
    });
    const constant = await decided(gates('accuracy', 0), await reviewed('acceptable', { Ann: yes }));
    expect(constant.gates[0]?.reason).toMatch(/undefined/);
  });

  it('is compared by its sign with what people preferred', async () => {
    // the metric says that the baseline wins the last five items, and so do people of four of them
    const review = await reviewed('pairs', {
      Ann: (i, version) => (i > 45 && version === 'old' ? '5' : '3'),
    });
    const report = await decided(gates('helpful', 0.6), review);
    expect(report.gates[0]?.agreement).toMatchObject({ n: 50, same: 0.98 });
  });
});

it('says at line and column what a review cannot ask', () => {
  const read = (text: string) => () => readGates(`gates: [{metric: a, at-least: 1}]\n${text}`, 'gates.yaml');
  expect(read('review: {samples: 50}')).toThrow(/gates\.yaml:2:9: 'review' .*exactly one of/);
  expect(read('review: {samples: 0, at-least: 0.9}')).toThrow(/gates\.yaml:2:/);
  expect(read('review: {samples: 50, at-last: 0.9}')).toThrow(/did you mean 'at-least'/);
  expect(read('review: {samples: 50, not-worse-than: baseline}')).toThrow(/needs a margin above 0/);
  expect(read('stop: planned-looks\nreview: {samples: 50, at-least: 0.9}')).toThrow(
    /gates\.yaml:3:9: 'review' .*cannot be stopped early/,
  );
});
