import { shareAboveLimit } from '@sluice/statistics';
import { expect, it } from 'vitest';
import { readGates } from '../gates/document.ts';
import { answered } from '../review/testing.ts';
import { planGates } from './plan-gates.ts';

const baseline = answered('live', { qa: 300 }, String);
const sentence = (text: string) =>
  planGates(
    readGates(`gates: [{metric: accuracy, at-least: 0.5}]\n${text}`, 'gates.yaml'),
    baseline,
  ).gates.at(-1)?.sentence;

it('says how many accepted samples prove a share, and when none do', () => {
  const fewest = Number(
    /where (\d+) of them/.exec(sentence('review: {samples: 50, at-least: 0.8, proven: true}') ?? '')?.[1],
  );
  expect(shareAboveLimit(fewest, 50, 0.8)).toBeLessThanOrEqual(0.05);
  expect(shareAboveLimit(fewest - 1, 50, 0.8)).toBeGreaterThan(0.05);
  expect(sentence('review: {samples: 50, at-least: 0.95, proven: true}')).toContain(
    '50 samples cannot prove it even if all are acceptable; 59 could',
  );
  expect(sentence('review: {samples: 50, at-least: 1, proven: true}')).toContain('no number of samples');
  expect(sentence('review: {samples: 50, at-least: 0.9}')).toContain('about every second time');
  expect(sentence('review: {samples: 50, better-than: baseline}')).toMatch(/show a difference of 2\d points/);
});

it('plans what a judge will be asked, though no results hold its verdicts', () => {
  const document = readGates(
    'gates: [{metric: judge_wins, better-than: baseline}, {metric: judge_acceptable, at-least: 0.9}]',
    'g',
  );
  const [wins, acceptable] = planGates(document, baseline).gates;
  expect(wins).toMatchObject({ items: 300, sentence: expect.stringMatching(/all 300 items.* 9\.\d points/) });
  expect(acceptable?.sentence).toContain('what it will say is not known');
});
