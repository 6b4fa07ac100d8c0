import { expect, test } from 'vitest';
import { flipped, type Item, judge, resultsOf, shares } from './testing.ts';

test('more items than there are would decide an undecided gate, whatever the planning formula says', async () => {
  const needed = async (
    gates: string,
    candidate: readonly Item[],
    base: readonly Item[] | null,
  ): Promise<number> => {
    const report = await judge(gates, resultsOf(candidate), base && resultsOf(base));
    const [gate] = report.gates;
    expect(gate?.decision).toBe('undecided');
    expect(gate?.power?.itemsNeeded).toBeGreaterThan(gate?.n as number);
    expect(gate?.reason).toContain(`about ${gate?.power?.itemsNeeded?.toLocaleString('en-US')} items`);
    return gate?.power?.itemsNeeded as number;
  };
  // one discordant pair: the normal approximation asks for 23 items, the exact tail did not do with 44
  const base = shares(44, 40);
  await needed(
    'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1}]',
    flipped(base, 0, 1),
    base,
  );
  // equivalence: the estimate is near one bound
  const figures = [0.2, -0.1, 0, 0.3, 0.1, -0.2, 0.05, 0.15, 0, -0.05, 0.25, 0.1];
  const half = figures.map((): Item => ({ scores: { accuracy: 0.5 } }));
  const moved = figures.map((d): Item => ({ scores: { accuracy: 0.5 + d } }));
  await needed('gates: [{metric: accuracy, equivalent-to: baseline, margin: 0.1}]', moved, half);
  // no event in 298 items: 299 do
  expect(
    await needed(
      'gates: [{metric: toxicity, at-most: 0.01, proven: true}]',
      shares(298, 0, 'toxicity'),
      null,
    ),
  ).toBe(299);
  await needed('gates: [{metric: accuracy, at-least: 0.75, proven: true}]', shares(100, 80), null);
});

test('the interval of identical pairs is the exact one', async () => {
  const base = shares(10, 8);
  const { gates } = await judge(
    'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.2}]',
    resultsOf(base),
    resultsOf(base),
  );
  expect(gates[0]?.interval?.lower).toBeCloseTo(0.05 ** 0.1 - 1, 12);
  expect(gates[0]?.interval?.upper).toBeCloseTo(1 - 0.05 ** 0.1, 12);
});

test('pairs that all differ by the same prove nothing on a scale without bounds', async () => {
  const base = [20, 40, 60, 80, 100].map((score): Item => ({ scores: { bleu: score } }));
  const moved = base.map(({ scores }): Item => ({ scores: { bleu: (scores.bleu as number) + 2 } }));
  const gate = 'gates: [{metric: bleu, better-than: baseline}]';
  expect((await judge(gate, resultsOf(moved), resultsOf(base))).gates[0]).toMatchObject({
    decision: 'undecided',
    reason: expect.stringContaining('all 5 pairs differ by the same 2'),
  });
});

test('percents beside shares are no comparison', async () => {
  const base = shares(50, 40);
  const percents = base.map(
    ({ scores }): Item => ({ scores: { accuracy: 100 * (scores.accuracy as number) } }),
  );
  const gate = 'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1}]';
  for (const [mine, theirs] of [
    [percents, base],
    [base, percents],
  ] as const)
    expect((await judge(gate, resultsOf(mine), resultsOf(theirs))).gates[0]).toMatchObject({
      decision: 'undecided',
      reason: expect.stringContaining('one is in percent, the other is not'),
    });
});

test('a bound that looks like a share of 1 is spoken of where the figure is in percent', async () => {
  const percents = shares(50, 40).map(
    ({ scores }): Item => ({ scores: { accuracy: 100 * (scores.accuracy as number) } }),
  );
  const notes = async (items: readonly Item[]) =>
    (await judge('gates: [{metric: accuracy, at-least: 0.9}]', resultsOf(items))).notes;
  expect(await notes(percents)).toEqual([
    'accuracy at least 0.9: the figure is 80; a bound of 0.9 for a figure in percent is 90',
  ]);
  expect(await notes(shares(50, 40))).toEqual([]);
});

test('what could not be used is counted and said', async () => {
  const item = (id: number, accuracy: number | null): Item => ({ id: `q${id}`, scores: { accuracy } });
  const base = Array.from({ length: 60 }, (_, i) => item(i, 1));
  const mine = [...base.slice(0, 50), ...[70, 71, 72].map((i) => item(i, 1)), item(55, null)];
  const gates = `dataset: may-differ
missing: {at-most: 0.1}
gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.1}]`;
  const report = await judge(gates, resultsOf(mine), resultsOf(base));
  expect(report.notes).toContain(
    'qa/accuracy: the figures are of 50 items; left out were 3 items only in the candidate, 9 items only in the baseline, 1 item without a score',
  );
});
