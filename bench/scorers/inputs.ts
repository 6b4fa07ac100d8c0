import { Generator } from '@sluice/statistics';

/** What both sides score: texts of a sentence, of several lines, Chinese ones, labels and numbers, as many of each. */
export interface Inputs {
  readonly english: Pairs;
  readonly summaries: Pairs;
  readonly chinese: Pairs;
  readonly labels: Pairs;
  readonly truth: readonly number[];
  readonly probabilities: readonly number[];
}

export interface Pairs {
  readonly hypotheses: readonly string[];
  readonly references: readonly string[];
}

const WORDS =
  'the river that flows through this old town was bridged in the year when its mill burned, and people say so; "it\'s 3.14 km long" (more or less) - for U.S. readers: about 1,950 miles'.split(
    ' ',
  );
const HAN = '今天天气很好，我们去公园玩吧。他说：“是的！”北京2024年增长5.2%？谢谢你的帮助……';
const LABELS = ['positive', 'negative', 'neutral', 'mixed'];
const CHANGED = 0.3;

/** The same inputs for the same seed. Hypotheses are references of which every third token or so was changed. */
export function makeInputs(items: number, seed: number): Inputs {
  const random = Generator.fromSeed(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random.uniform() * all.length)] as T;
  const between = (low: number, high: number): number =>
    low + Math.floor(random.uniform() * (high - low + 1));
  const tokens = (from: readonly string[], low: number, high: number): string[] =>
    Array.from({ length: between(low, high) }, () => pick(from));
  const near = (reference: readonly string[], from: readonly string[]): string[] =>
    reference.map((token) => (random.uniform() < CHANGED ? pick(from) : token));
  const pairsOf = (make: () => readonly [hypothesis: string, reference: string]): Pairs => {
    const all = Array.from({ length: items }, make);
    return { hypotheses: all.map(([h]) => h), references: all.map(([, r]) => r) };
  };
  const words = (): readonly [string, string] => {
    const reference = tokens(WORDS, 10, 30);
    return [near(reference, WORDS).join(' '), reference.join(' ')];
  };
  const han = [...HAN];
  return {
    english: pairsOf(words),
    summaries: pairsOf(() => {
      const lines = Array.from({ length: between(2, 4) }, words);
      return [lines.map(([h]) => h).join('\n'), lines.map(([, r]) => r).join('\n')];
    }),
    chinese: pairsOf(() => {
      const reference = tokens(han, 15, 50);
      return [near(reference, han).join(''), reference.join('')];
    }),
    labels: pairsOf(() => {
      const label = pick(LABELS);
      return [random.uniform() < CHANGED ? pick(LABELS) : label, label];
    }),
    truth: Array.from({ length: items }, () => Number(random.uniform() < 0.5)),
    probabilities: Array.from({ length: items }, () => random.uniform()),
  };
}
