import { expect, test } from 'vitest';
import { readEvent } from './events.ts';

test("an event is told apart from a library's own talk", () => {
  expect(
    readEvent('{"event": "step", "step": 1, "of": 2, "loss": 0.5, "learningRate": 0.1, "epoch": 0.5}'),
  ).toMatchObject({ event: 'step', loss: 0.5 });
  for (const line of ['', 'Loading weights: 100%', '{"loss": 1}', '{"event": "other"}', '{"event": "step"'])
    expect(readEvent(line)).toBeUndefined();
});
