import { expect, test } from 'vitest';
import { digestOf } from '../results/digest.ts';
import type { Results, Settings } from '../results/results.ts';
import { TaskBuilder } from '../results/task-builder.ts';
import { decide } from './decide.ts';
import { readGates } from './document.ts';
import { flipped, type Item, judge, resultsOf, shares } from './testing.ts';

const NOT_WORSE = 'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}]';

test('ten identical pairs prove no margin: undecided, with the interval that ten items really have', async () => {
  const items = shares(10, 8);
  const report = await judge(NOT_WORSE, resultsOf(items), resultsOf(items));
  expect(report.decision).toBe('undecided');
  expect(report.gates[0]?.interval?.lower).toBeCloseTo(-0.2589, 3);
  expect(report.gates[0]?.reason).toContain('about 59 items would decide it');
});

test('forty identical pairs prove 0.08 and not 0.07', async () => {
  const items = shares(40, 30);
  const at = async (margin: number) =>
    (await judge(NOT_WORSE.replace('0.05', String(margin)), resultsOf(items), resultsOf(items))).decision;
  expect(await at(0.08)).toBe('approve');
  expect(await at(0.07)).toBe('undecided');
});

test('ten identical pairs of scores between 0 and 1 are no more', async () => {
  const items = Array.from({ length: 10 }, (_, i) => ({ scores: { accuracy: i / 20 } }));
  const report = await judge(NOT_WORSE, resultsOf(items), resultsOf(items));
  expect(report.decision).toBe('undecided');
  expect(report.gates[0]?.interval?.lower).toBeCloseTo(-0.2589, 3);
});

test('b = 30, c = 45, n = 500: Tango at the margin of 0.05, undecided by the figures of the literature', async () => {
  const base = shares(500, 300);
  const report = await judge(NOT_WORSE, resultsOf(flipped(base, 30, 45)), resultsOf(base));
  const [gate] = report.gates;
  expect(gate?.estimate).toBeCloseTo(-0.03, 12);
  expect(gate?.interval?.lower).toBeCloseTo(-0.059, 2);
  expect(gate?.interval?.upper).toBeCloseTo(-0.0015, 2);
  expect(gate?.pHolds).toBeGreaterThan(0.1264666487 - 1e-9);
  expect(gate?.decision).toBe('undecided');
});

test('n = 44, one loss, margin 0.1: the exact tail decides otherwise than the asymptotic one', async () => {
  const base = shares(44, 40);
  const report = await judge(
    NOT_WORSE.replace('0.05', '0.1'),
    resultsOf(flipped(base, 0, 1)),
    resultsOf(base),
  );
  expect(report.gates[0]?.pHolds).toBeCloseTo(0.0571088974, 6);
  expect(report.decision).toBe('undecided');
});

test('an unchanged large set approves, a loss over the margin rejects', async () => {
  const base = shares(2000, 1600);
  expect((await judge(NOT_WORSE, resultsOf(flipped(base, 40, 40)), resultsOf(base))).decision).toBe(
    'approve',
  );
  const worse = await judge(NOT_WORSE, resultsOf(flipped(base, 10, 250)), resultsOf(base));
  expect(worse.decision).toBe('reject');
  expect(worse.sentence).toMatch(/^The candidate must not be deployed: accuracy not worse than baseline/);
});

test('twelve gains and two losses: p under one, and better is proven', async () => {
  const base = shares(50, 25);
  const gates = 'gates: [{metric: accuracy, better-than: baseline}]';
  const report = await judge(gates, resultsOf(flipped(base, 12, 2)), resultsOf(base));
  expect(report.gates[0]?.pHolds).toBeCloseTo(0.0064697265625, 10);
  expect(report.decision).toBe('approve');
});

test('an estimate that misses is a reject; proven needs the bound', async () => {
  const toxic = (events: number) => resultsOf(shares(300, events, 'toxicity'));
  const estimate = 'gates: [{metric: toxicity, at-most: 0.01}]';
  const proven = 'gates: [{metric: toxicity, at-most: 0.01, proven: true}]';
  expect((await judge(estimate, toxic(3))).decision).toBe('approve');
  expect((await judge(estimate, toxic(4))).decision).toBe('reject');
  const three = await judge(proven, toxic(3));
  expect(three.decision).toBe('undecided');
  expect(three.gates[0]?.interval?.upper).toBeCloseTo(0.0256413931, 8);
  expect((await judge(proven, toxic(0))).decision).toBe('approve');
  expect((await judge(proven, toxic(12))).decision).toBe('reject');
});

test('NaN, a missing score, an incomplete run are never a pass', async () => {
  const gates = 'gates: [{metric: accuracy, at-least: 0.5}]';
  const nan = await judge(gates, resultsOf(shares(10, 9), { aggregate: Number.NaN }));
  expect(nan.decision).toBe('undecided');
  const holes = shares(100, 90).map((item, i) => (i === 7 ? { scores: { accuracy: null } } : item));
  const missing = await judge(gates, resultsOf(holes));
  expect(missing.decision).toBe('undecided');
  expect(missing.gates[0]?.reason).toContain('1 of 100 items have no score');
  expect((await judge(`${gates}\nmissing: {at-most: 0.02}`, resultsOf(holes))).decision).toBe('approve');
  expect((await judge(gates, resultsOf(shares(10, 9), { incomplete: 2 }))).decision).toBe('undecided');
});

test('a misspelt metric is an error, not a gate that never fires', async () => {
  await expect(judge('gates: [{metric: acuracy, at-least: 0.5}]', resultsOf(shares(10, 9)))).rejects.toThrow(
    /there is no metric "acuracy"; did you mean "accuracy"\?/,
  );
});

test('other items are not comparable, and the first that differs is shown', async () => {
  const base = shares(50, 40);
  const other = base.map((item, i) => (i === 3 ? { ...item, id: 'changed' } : item));
  const report = await judge(NOT_WORSE, resultsOf(other), resultsOf(base));
  expect(report.decision).toBe('undecided');
  expect(report.comparability.reasons).toEqual([
    'qa: the items are not the same (1 only in the candidate, 1 only in the baseline)',
  ]);
  expect(report.comparability.firstDifference).toBe(
    'only in the candidate: input 3 → t; only in the baseline: input 3 → t',
  );
  const allowed = await judge(
    `dataset: may-differ\n${NOT_WORSE.replace('0.05', '0.2')}`,
    resultsOf(other),
    resultsOf(base),
  );
  expect(allowed.gates[0]?.n).toBe(49);
  expect(allowed.decision).toBe('approve');
});

test('items pair by what they are, whatever their order', async () => {
  const base = shares(200, 150).map((item, i) => ({ ...item, id: `i${i}` }));
  const report = await judge(NOT_WORSE, resultsOf([...base].reverse()), resultsOf(base));
  expect(report.gates[0]?.estimate).toBe(0);
  expect(report.decision).toBe('approve');
});

test('another template, few-shot count or chat template needs `prompts: may-differ`', async () => {
  const items = shares(200, 150);
  const run = (settings: Settings) => resultsOf(items, { settings });
  const report = await judge(NOT_WORSE, run({ fewShot: 5 }), run({ fewShot: 0 }));
  expect(report.decision).toBe('undecided');
  expect(report.gates[0]?.reason).toContain('5 few-shot examples against 0');
  expect((await judge(NOT_WORSE, run({ chatTemplate: 'a' }), run({ chatTemplate: 'b' }))).decision).toBe(
    'undecided',
  );
  expect(
    (await judge(`prompts: may-differ\n${NOT_WORSE}`, run({ fewShot: 5 }), run({ fewShot: 0 }))).decision,
  ).toBe('approve');
  expect(
    (await judge(`prompts: may-differ\n${NOT_WORSE}`, run({ scorer: 'a' }), run({ scorer: 'b' }))).decision,
  ).toBe('undecided');
});

test('slices pass unless shown to be worse; a slice that pairs nothing never passes', async () => {
  const withLanguage = (items: Item[]) =>
    items.map((item, i) => ({ ...item, slices: { language: i % 10 === 0 ? 'zh' : 'en' } }));
  const base = withLanguage(shares(400, 300));
  const gates = 'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05, per: language}]';
  const same = await judge(gates, resultsOf(base), resultsOf(base));
  expect(same.gates.map((gate) => [gate.slice, gate.decision, gate.n])).toEqual([
    ['zh', 'approve', 40],
    ['en', 'approve', 360],
  ]);
  const proven = await judge(gates.replace('per:', 'proven: true, per:'), resultsOf(base), resultsOf(base));
  expect(proven.gates.map((gate) => gate.decision)).toEqual(['undecided', 'approve']);
  const worse = base.map((item) =>
    item.slices.language === 'zh' ? { ...item, scores: { accuracy: 0 } } : item,
  );
  const report = await judge(gates, resultsOf(worse), resultsOf(base));
  expect(report.gates.map((gate) => gate.decision)).toEqual(['reject', 'approve']);
  const extra = [...base, { id: 'fr', scores: { accuracy: 1 }, slices: { language: 'fr' } }];
  const empty = await judge(`dataset: may-differ\n${gates}`, resultsOf(extra), resultsOf(base));
  expect(empty.gates.find((gate) => gate.slice === 'fr')).toMatchObject({
    decision: 'undecided',
    reason: 'no item pairs in language fr',
  });
});

test('a reject is corrected by Holm over all tested gates', async () => {
  const slices = Array.from({ length: 20 }, (_, s) => `s${s}`);
  const base = shares(2000, 1500).map((item, i) => ({
    ...item,
    slices: { group: slices[i % 20] as string },
  }));
  // one group of a hundred loses eleven: p about 0.03 at a margin of 0.05, no evidence among twenty groups
  let left = 11;
  const worse = base.map((item) =>
    item.slices.group === 's3' && item.scores.accuracy === 1 && left-- > 0
      ? { ...item, scores: { accuracy: 0 } }
      : item,
  );
  const gates = 'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05, per: group}]';
  const report = await judge(gates, resultsOf(worse), resultsOf(base));
  const gate = report.gates.find((g) => g.slice === 's3');
  expect(gate?.pViolated).toBeLessThan(0.05);
  expect(gate?.decision).toBe('approve');
});

test('under five clusters nothing is decided; with enough the clustered errors decide', async () => {
  const clustered = (groups: number, items: Item[]) =>
    items.map((item, i) => ({ ...item, slices: { passage: `p${i % groups}` } }));
  const gates =
    'cluster: passage\ngates: [{metric: score, not-worse-than: baseline, margin: 0.1, better: higher}]';
  const noisy = (groups: number, shift: number) =>
    resultsOf(
      clustered(
        groups,
        Array.from({ length: 200 }, (_, i) => ({
          scores: { score: ((i * 37) % 100) / 100 + shift * ((i % 7) - 3) },
        })),
      ),
    );
  const few = await judge(gates, noisy(4, 0.01), noisy(4, 0));
  expect(few.decision).toBe('undecided');
  expect(few.gates[0]?.reason).toContain('4 clusters');
  const many = await judge(gates, noisy(50, 0.01), noisy(50, 0));
  expect(many.gates[0]?.test).toContain('CR2');
  expect(many.decision).toBe('approve');
});

test('measurements are gates too; absent ones are an error that says where they come from', async () => {
  const gates = 'gates: [{metric: latency_p99_ms, at-most: 500}]';
  const fast = await judge(gates, resultsOf(shares(10, 9)), null, new Map([['latency-p99-ms', 320]]));
  expect(fast.decision).toBe('approve');
  expect(
    (await judge(gates, resultsOf(shares(10, 9)), null, new Map([['latency-p99-ms', 501]]))).decision,
  ).toBe('reject');
  expect(
    (await judge(gates, resultsOf(shares(10, 9)), null, new Map([['latency-p99-ms', Number.NaN]]))).decision,
  ).toBe('undecided');
  await expect(judge(gates, resultsOf(shares(10, 9)))).rejects.toThrow(
    /come from `measurements`, which are not given/,
  );
  const both = new Map([
    ['latency_p99_ms', 300],
    ['latency-p99-ms', 900],
  ]);
  await expect(judge(gates, resultsOf(shares(10, 9)), null, both)).rejects.toThrow(
    /"latency_p99_ms" \(300\) and "latency-p99-ms" \(900\), which are one name/,
  );
});

test('without a baseline a comparison rejects, or is left out where only absolute gates are wanted', async () => {
  const candidate = resultsOf(shares(100, 90));
  const document = readGates(
    'gates: [{metric: accuracy, at-least: 0.5}, {metric: accuracy, not-worse-than: baseline, margin: 0.05}]',
    'g',
  );
  const rejected = await decide({ document, candidate, baseline: null });
  expect(rejected.decision).toBe('reject');
  const skipped = await decide({ document, candidate, baseline: null, withoutBaseline: 'skip' });
  expect(skipped.decision).toBe('approve');
  expect(skipped.notes.join()).toContain('was left out: there is no baseline yet');
  const only = readGates(NOT_WORSE, 'g');
  expect(
    (await decide({ document: only, candidate, baseline: null, withoutBaseline: 'skip' })).decision,
  ).toBe('undecided');
});

test('power turns an unproven pass into undecided and leaves a proven one alone', async () => {
  const base = shares(400, 300).map((item, i) => ({
    ...item,
    slices: { language: i % 10 === 0 ? 'zh' : 'en' },
  }));
  const candidate = resultsOf(
    flipped(base, 20, 20).map((item, i) => ({ ...item, slices: base[i]?.slices ?? {} })),
  );
  const gates =
    'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}, {metric: accuracy, not-worse-than: baseline, margin: 0.05, per: language}]';
  expect((await judge(gates, candidate, resultsOf(base))).gates.map((gate) => gate.decision)).toEqual([
    'approve',
    'approve',
    'approve',
  ]);
  const asked = await judge(
    `${gates}\npower: {detect: 0.01, with: 0.8, otherwise: undecided}`,
    candidate,
    resultsOf(base),
  );
  expect(asked.gates.map((gate) => gate.decision)).toEqual(['approve', 'undecided', 'undecided']);
});

test('a lower-is-better metric turns the sign', async () => {
  const gates = 'gates: [{metric: loss, not-worse-than: baseline, margin: 0.1}]';
  const run = (shift: number) =>
    resultsOf(
      Array.from({ length: 100 }, (_, i) => ({
        scores: { loss: 2 + (i % 10) / 10 + shift * (1 + (i % 3) / 10) },
      })),
    );
  expect((await judge(gates, run(-0.2), run(0))).decision).toBe('approve');
  expect((await judge(gates, run(0.2), run(0))).decision).toBe('reject');
});

test('equivalence needs both sides', async () => {
  const base = shares(2000, 1600);
  const gates = 'gates: [{metric: accuracy, equivalent-to: baseline, margin: 0.03}]';
  expect((await judge(gates, resultsOf(flipped(base, 40, 40)), resultsOf(base))).decision).toBe('approve');
  expect((await judge(gates, resultsOf(flipped(base, 200, 20)), resultsOf(base))).decision).toBe('reject');
});

test('the joint power of several proofs is smaller than each', async () => {
  const base = shares(300, 200);
  const gates =
    'gates: [{metric: accuracy, not-worse-than: baseline, margin: 0.05}, {metric: accuracy, not-worse-than: baseline, margin: 0.04}]';
  const report = await judge(gates, resultsOf(flipped(base, 15, 15)), resultsOf(base));
  const chances = report.gates.map((gate) => gate.power?.chance as number);
  expect(report.jointPower?.independent).toBeCloseTo((chances[0] as number) * (chances[1] as number), 12);
  expect(report.jointPower?.independent).toBeLessThan(Math.min(...chances));
});

test('repeats: items are counted once, and the report says how many repeats would be best', async () => {
  const repeated = (wrong: number): Results => {
    const builder = new TaskBuilder('qa');
    for (let i = 0; i < 60; i++) {
      const row = builder.item({ content: digestOf('item', String(i)) });
      for (let k = 0; k < 3; k++)
        builder.score(row, 'accuracy', null, Number((i + k) % 4 !== 0 && i % 7 !== wrong));
    }
    return { ...resultsOf([]), tasks: [builder.finish()] };
  };
  const report = await judge(NOT_WORSE, repeated(1), repeated(2));
  expect(report.gates[0]).toMatchObject({ n: 60, repeats: { candidate: 3, baseline: 3 } });
  expect(report.notes.join()).toMatch(
    /accuracy: 3 answers an item count as one, their average; .* would show most/,
  );
});

test('scores that are too large to be added up pass no bound', async () => {
  const items = Array.from({ length: 4 }, (_, i): Item => ({ id: `${i}`, scores: { reward: 1e308 } }));
  for (const bound of ['at-least: 0.3', 'at-most: 0.3', 'at-least: 0.3, proven: true']) {
    const report = await judge(`gates: [{metric: reward, ${bound}}]`, resultsOf(items));
    expect(report.decision).toBe('undecided');
    expect(report.gates[0]).toMatchObject({
      estimate: null,
      reason: expect.stringContaining('comes out as Infinity'),
    });
  }
});

test('a mean that is its bound keeps it, in whatever order the items lie', async () => {
  const scores = [0.1, 0.2, 0.3];
  for (const order of [scores, scores.toReversed()]) {
    const items = order.map((reward): Item => ({ id: `${reward}`, scores: { reward } }));
    for (const bound of ['at-least: 0.2', 'at-most: 0.2']) {
      const report = await judge(`gates: [{metric: reward, ${bound}}]`, resultsOf(items));
      expect([order, bound, report.decision]).toEqual([order, bound, 'approve']);
    }
  }
});

test('an unknown metric among thousands is answered in a line that can be read', async () => {
  const scores = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`${'m'.repeat(200)}${i}`, 1]));
  const asked = judge('gates: [{metric: recall, at-least: 0.3}]', resultsOf([{ scores }]));
  await expect(asked).rejects.toThrow(/there is no metric "recall"\..* and 2960 more/);
  await asked.catch((error: Error) => expect(error.message.length).toBeLessThan(5000));
});

test('a margin in percentage points is spoken of, and is no fault of ours where few clusters differ', async () => {
  const base = Array.from(
    { length: 40 },
    (_, i): Item => ({ scores: { accuracy: 1 }, slices: { passage: `${Math.floor(i / 2)}` } }),
  );
  const one = base.map((item, i) => (i === 0 ? { ...item, scores: { accuracy: 0 } } : item));
  for (const margin of [1, 10, 1e300]) {
    for (const [rule, decision] of [
      ['not-worse-than', 'approve'],
      ['equivalent-to', 'approve'],
      ['better-than', 'reject'],
    ]) {
      const gates = `cluster: passage\ngates: [{metric: accuracy, ${rule}: baseline, margin: ${margin}}]`;
      const report = await judge(gates, resultsOf(one), resultsOf(base));
      expect([margin, rule, report.decision]).toEqual([margin, rule, decision]);
      expect(report.notes.join()).toContain(`a margin of ${margin} is as much as a share can differ at all`);
    }
  }
});

test('a margin that no number of items proves asks for none', async () => {
  const items = shares(20, 15);
  for (const margin of [1e-9, 1e-300, 5e-324]) {
    const gates = `gates: [{metric: accuracy, not-worse-than: baseline, margin: ${margin}}]`;
    const [gate] = (await judge(gates, resultsOf(items), resultsOf(items))).gates;
    expect(gate?.decision).toBe('undecided');
    expect(gate?.power?.itemsNeeded ?? null).toBe(margin === 1e-9 ? 2_995_732_273 : null);
  }
});

test('what a file holds cannot speak to the terminal that a message is shown on', async () => {
  const erase = '\u001b[2K\u001b[1A\u202e';
  const items = [{ scores: { [`acc${erase}`]: 1 }, slices: { [`lang${erase}`]: 'en' } }];
  const unknown = judge('gates: [{metric: recall, at-least: 0.3}]', resultsOf(items));
  await expect(unknown).rejects.toThrow('There are qa/acc\ufffd[2K\ufffd[1A\ufffd');
  const shown = async () => [{ input: erase, target: 't', answer: 'a' }];
  const one = { ...resultsOf([{ id: 'a', scores: { accuracy: 1 } }]), texts: shown };
  const two = { ...resultsOf([{ id: 'b', scores: { accuracy: 1 } }]), texts: shown };
  const { comparability } = await judge(NOT_WORSE, one, two);
  expect(comparability.firstDifference).toContain('only in the candidate: \ufffd[2K\ufffd[1A\ufffd → t');
});
