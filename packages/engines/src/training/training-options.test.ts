import { expect, test } from 'vitest';
import { peftRequirements, readTrainingResult } from './peft.ts';
import { readTrainingOptions } from './training-options.ts';

test('what is left out gets its default, and one of epochs and steps is a number', () => {
  const options = readTrainingOptions('', 'config');
  expect(options).toMatchObject({
    rank: 16,
    alpha: 32,
    epochs: 3,
    steps: null,
    'target-modules': 'all-linear',
    seed: 0,
  });
  expect(readTrainingOptions('{rank: 8, steps: 40}', 'config')).toMatchObject({
    alpha: 16,
    epochs: null,
    steps: 40,
  });
});

test('every fault is told at once, at its place, with the nearest name', () => {
  const text = 'rank: 0\nlearning_rate: 1e-4\nprecision: fp32\nsteps: 10\nbatch-size: 2.5\n';
  let message = '';
  try {
    readTrainingOptions(text, 'train.yaml');
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain('rank');
  expect(message).toContain("unknown key 'learning_rate': did you mean 'learning-rate'?");
  expect(message).toContain('must be one of auto, float32, bfloat16, float16');
  expect(message).toContain("'batch-size'");
  expect(message).toMatch(/train\.yaml:2:1/);
});

test('epochs and steps together are a contradiction', () => {
  expect(() => readTrainingOptions('{epochs: 1, steps: 2}', 'config')).toThrow(/both given/);
});

test('target-modules is all-linear or a list', () => {
  expect(readTrainingOptions('target-modules: [q_proj, v_proj]', 'c')['target-modules']).toEqual([
    'q_proj',
    'v_proj',
  ]);
  expect(() => readTrainingOptions('target-modules: q_proj', 'c')).toThrow(/all-linear/);
});

test('bitsandbytes is asked for only where the base is quantized', () => {
  expect(peftRequirements(readTrainingOptions('', 'c'))).toBe('requirements/model.txt');
  expect(peftRequirements(readTrainingOptions('quantize-base: nf4', 'c'))).toBe(
    'requirements/quantized-base.txt',
  );
});

test('a result without a loss is no result', () => {
  expect(readTrainingResult('{"finalLoss": 0.5, "steps": 10}').steps).toBe(10);
  expect(() => readTrainingResult('{"steps": 10}')).toThrow(/final loss/);
});
