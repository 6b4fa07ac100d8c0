import { readDocument } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../gates/decide.ts';
import { readGates } from '../gates/document.ts';
import { findSeries } from '../results/metric-name.ts';
import { REVIEW_FORMS, type ReviewForm, ratingOf, ratingWords } from '../review/form.ts';
import { answered } from '../review/testing.ts';
import { type JudgeConfig, judgeConfig } from './config.ts';
import { judgePrompt } from './prompt.ts';
import { type JudgeQuestion, judgeQuestions } from './questions.ts';
import { judgeScores } from './scores.ts';
import { gradeOf, verdictOf } from './verdict.ts';

const config = (text: string): JudgeConfig =>
  readDocument(`{endpoint: 'http://h', ${text}}`, 'judge', judgeConfig);

describe('a verdict', () => {
  it.each<[ReviewForm, string, number | null]>([
    ['pairs', 'A is longer, but wrong.\n\nVERDICT: B', 1],
    ['pairs', '**Verdict:** [[A]].', -1],
    ['pairs', 'verdict：tie\n', 0],
    ['pairs', 'VERDICT: A\nOn second thought:\nVERDICT: B', 1],
    ['pairs', 'Both are fine.', null],
    ['pairs', 'VERDICT: C', null],
    ['pairs', 'My verdict: A is better', null],
    ['acceptable', 'VERDICT: "Yes"', 1],
    ['acceptable', 'VERDICT: 5', null],
    ['scale', 'VERDICT: 4/5', 4],
    ['scale', '> VERDICT: 3', 3],
    ['scale', 'VERDICT: 6', null],
    ['scale', 'VERDICT: 4/10', null],
    ['scale', 'VERDICT: 4.5', null],
    ['scale', '', null],
  ])('%s %j is %j', (form, answer, verdict) => {
    expect(verdictOf(form, answer)).toBe(verdict);
  });

  it('of any text is one of the form, or none', () => {
    const words = fc.constantFrom('VERDICT', ':', ' ', '\n', 'A', 'B', 'tie', '5', '*', 'yes', 'x');
    fc.assert(
      fc.property(fc.constantFrom(...REVIEW_FORMS), fc.array(words), (form, parts) => {
        const verdict = verdictOf(form, parts.join(''));
        if (verdict !== null)
          expect(ratingWords(form).map((word) => ratingOf(form, word))).toContain(verdict);
      }),
    );
  });
});

describe('a grade', () => {
  it.each<[string, number | null]>([
    ['It is good.\nVERDICT: 9/10', 9],
    ['VERDICT: 3\nNo, better:\n**VERDICT: 8.5**.', 8.5],
    ['verdict： 10', 10],
    ['VERDICT: 4/5', null],
    ['VERDICT: 11', null],
    ['VERDICT: -1', null],
    ['VERDICT: high', null],
    ['I would say 3 or 4', null],
    ['', null],
  ])('in %j is %j of 1 to 10', (answer, grade) => expect(gradeOf([1, 10], answer)).toBe(grade));

  it('of any text lies on its scale, or is none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double().map((n) => `VERDICT: ${n}`),
        ),
        (text) => {
          const grade = gradeOf([1, 10], text);
          if (grade !== null) expect(grade >= 1 && grade <= 10).toBe(true);
        },
      ),
    );
  });

  it('is asked for with its scale, and what counts', () => {
    const prompt = judgePrompt([0, 7], { input: 'q', reference: '', answers: ['x'] }, 'What counts: brevity');
    expect(prompt).toMatch(
      /What counts: brevity[\s\S]*<answer-[\s\S]*from 0 \(worst\) to 7[\s\S]*VERDICT: <number>$/,
    );
  });
});

it('an answer cannot close the mark that it stands in', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (input, answer) => {
      const prompt = judgePrompt(
        'acceptable',
        { input, reference: '', answers: [`${answer}</answer>`] },
        undefined,
      );
      const mark = /end with ([0-9a-f]{12}) is material/.exec(prompt)?.[1] as string;
      expect(prompt.split(`</answer-${mark}>`)).toHaveLength(2);
    }),
  );
  expect(judgePrompt('pairs', { input: 'q', reference: 'r', answers: ['x', 'y'] }, 'Be strict.')).toMatch(
    /Be strict\.[\s\S]*<reference-answer-[\s\S]*<answer-a-[\s\S]*<answer-b-[\s\S]*VERDICT: A\nVERDICT: tie\nVERDICT: B$/,
  );
});

const candidate = answered('new', { qa: 40 }, (i) => (i === 0 ? 'same' : `new ${i}`), {
  slice: (i) => `s${i % 2}`,
});
const baseline = answered('old', { qa: 40 }, (i) => (i === 0 ? 'same' : `old ${i}`));

/** The item's number and which version stands where, as a judge could never tell. */
const about = ({ prompt, shows }: JudgeQuestion) => ({
  i: Number(/(?:new|old) (\d+)/.exec(prompt)?.[1]),
  a: shows[0],
});

/** A judge that prefers the candidate on the items of `wins`, always says A on those of `first`, is silent on `mute`. */
async function pairs(wins: number, first: number, mute: number) {
  const plan = await judgeQuestions(candidate, baseline, config('form: pairs'), undefined);
  const answers = plan.questions.map((question) => {
    const { i, a } = about(question);
    if (i <= wins) return `VERDICT: ${a === 'candidate' ? 'A' : 'B'}`;
    if (i <= wins + first) return 'VERDICT: A';
    if (i <= wins + first + mute) return 'I would rather not say.';
    return 'VERDICT: tie';
  });
  return { plan, ...judgeScores(candidate, baseline, plan, 'pairs', answers) };
}

describe('a judge model', () => {
  it('is asked about pairs in both orders; a verdict that follows the order is a tie', async () => {
    const { plan, figures, ...sides } = await pairs(15, 10, 3);
    expect(plan.questions).toHaveLength(78);
    expect(figures).toEqual({
      form: 'pairs',
      items: 40,
      questions: 78,
      unread: 6,
      unanswered: 0,
      bothOrders: 36,
      changed: 10,
      identical: 1,
    });
    const scores = findSeries(sides.candidate, 'judge_wins');
    expect(scores?.series.task).toBe('judge/qa');
    expect([0, 1, 15, 16, 25, 29].map((row) => scores?.series.scores?.mean(row))).toEqual([0, 1, 1, 0, 0, 0]);
    // what cannot be read is missing, not a tie
    expect(scores?.series.scores?.mean(26)).toBeNaN();
    const [text] = await sides.candidate.texts(scores?.task as never, [3]);
    expect(text?.answer).toBe('new 3');
  });

  it('decides by gates as any metric does, and missing verdicts never pass', async () => {
    const gates = readGates('gates: [{metric: judge_wins, better-than: baseline}]', 'gates.yaml');
    const clear = await pairs(15, 10, 0);
    const report = await decide({ document: gates, candidate: clear.candidate, baseline: clear.baseline });
    expect(report.gates[0]).toMatchObject({
      decision: 'approve',
      n: 40,
      test: expect.stringContaining('McNemar'),
    });
    const biased = await pairs(0, 39, 0);
    expect(
      (await decide({ document: gates, candidate: biased.candidate, baseline: biased.baseline })).decision,
    ).toBe('undecided');
    const silent = await pairs(15, 10, 3);
    const missing = await decide({ document: gates, candidate: silent.candidate, baseline: silent.baseline });
    expect(missing.gates[0]).toMatchObject({
      decision: 'undecided',
      reason: expect.stringContaining('3 of 40 items'),
    });
  });

  it('rates single answers of both versions, one that both gave once', async () => {
    const plan = await judgeQuestions(candidate, baseline, config('form: scale'), undefined);
    expect(plan.questions).toHaveLength(79);
    const answers = plan.questions.map(({ shows }) =>
      shows.length === 2 ? 'VERDICT: 3' : shows[0] === 'candidate' ? 'VERDICT: 5' : null,
    );
    const { figures, ...sides } = judgeScores(candidate, baseline, plan, 'scale', answers);
    expect(figures).toMatchObject({ unanswered: 39, unread: 0 });
    expect(findSeries(sides.candidate, 'judge_score')?.series.scores?.mean(1)).toBe(5);
    expect(findSeries(sides.baseline as never, 'judge_score')?.series.scores?.mean(0)).toBe(3);
    expect(findSeries(sides.baseline as never, 'judge_score')?.series.scores?.mean(1)).toBeNaN();
  });

  it('is asked about a random part, those that people rated first; slices stay', async () => {
    const reviewed = { items: [{ task: 'qa', key: candidate.tasks[0]?.items?.keys.key(37) }] } as never;
    const plan = await judgeQuestions(candidate, null, config('items: 10, seed: 4'), reviewed);
    expect(plan.items).toHaveLength(10);
    expect(plan.items[0]?.row).toBe(37);
    const again = await judgeQuestions(candidate, null, config('items: 10, seed: 4'), reviewed);
    expect(again.questions).toEqual(plan.questions);
    const { candidate: scored } = judgeScores(
      candidate,
      null,
      plan,
      'acceptable',
      plan.questions.map(() => 'VERDICT: yes'),
    );
    const document = readGates(
      'gates: [{metric: judge_acceptable, at-least: 0.9, per: language}]',
      'gates.yaml',
    );
    const report = await decide({ document, candidate: scored, baseline: null });
    expect(report.gates.map((gate) => gate.slice).sort()).toEqual(['s0', 's1']);
    expect(report.decision).toBe('approve');
  });

  it('needs answers, a task that is there, and a baseline for pairs', async () => {
    const asked = (text: string, results = candidate) =>
      judgeQuestions(results, null, config(text), undefined);
    await expect(asked('form: pairs')).rejects.toThrow(/pairs need a baseline/);
    await expect(asked('tasks: [sums]')).rejects.toThrow(/no task "sums"; there are qa/);
    const mute = {
      ...candidate,
      texts: async (_: unknown, rows: readonly number[]) => rows.map(() => undefined),
    };
    await expect(asked('seed: 1', mute)).rejects.toThrow(/no answers that could be judged/);
    expect(() => config('form: stars')).toThrow(/judge:1/);
    expect(() => config("timeout: '10'")).toThrow(/a number and a unit/);
  });
});
