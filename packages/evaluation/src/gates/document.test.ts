import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { gateName, gatesSchema, readGates, slicesNeeded } from './document.ts';

test('the example of the documentation is read whole', () => {
  const gates = readGates(
    `dataset: fixed
confidence: 0.95
gates:
  - {metric: rougeL, at-least: 0.45}
  - {metric: accuracy, not-worse-than: baseline, margin: 0.05, per: language}
  - {metric: toxicity, at-most: 0.01, proven: true}
  - {metric: helpfulness, better-than: baseline}
power: {detect: 0.02, with: 0.8, otherwise: undecided}
`,
    'gates.yaml',
  );
  expect(gates.gates.map(gateName)).toEqual([
    'rougeL at least 0.45',
    'accuracy not worse than baseline (margin 0.05) per language',
    'toxicity at most 0.01, proven',
    'helpfulness better than baseline',
  ]);
  expect(slicesNeeded(gates)).toEqual(['language']);
});

test('every mistake is named at its line and column', () => {
  const text = `gates:
  - {metric: acc, at-least: 0.4, at-most: 0.5}
  - {metric: acc, not-worse-than: baseline}
  - {metric: acc, at-leest: 1}
  - {metric: acc, not-worse-than: main, margin: 0.1}
`;
  let message = '';
  try {
    readGates(text, 'gates.yaml');
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(/gates.yaml:2:5: .*exactly one of .*at-least and at-most are given/);
  expect(message).toMatch(/gates.yaml:3:5: .*needs a margin above 0/);
  expect(message).toMatch(/gates.yaml:4:\d+: unknown key 'at-leest': did you mean 'at-least'\?/);
  expect(message).toMatch(/gates.yaml:5:\d+: 'gates.3.not-worse-than'/);
});

test('no gates, a margin of 0, two gates of one name', () => {
  expect(() => readGates('gates: []', 'g')).toThrow(/no gates: what is not asked can never be approved/);
  expect(() => readGates('gates: [{metric: a, not-worse-than: baseline, margin: 0}]', 'g')).toThrow(
    /margin above 0/,
  );
  expect(() => readGates('gates: [{metric: a, at-least: 1}, {metric: a, at-least: 1}]', 'g')).toThrow(
    /g:1:35: .*gate 2 is called/,
  );
});

test('the JSON Schema accepts what is read and refuses an unknown key', () => {
  const validate = new Ajv2020({ strict: false }).compile(gatesSchema());
  expect(validate({ gates: [{ metric: 'a', 'at-least': 1 }] })).toBe(true);
  expect(validate({ gates: [{ metric: 'a', 'at-leest': 1 }] })).toBe(false);
});
