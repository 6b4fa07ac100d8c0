import { describe, expect, it } from 'vitest';
import { type Counts, contradiction } from './minute.ts';

const well: Counts = {
  requests: 100,
  errors: 1,
  tokens: { count: 5000, seconds: 100 },
  gpu: { memory: 91.5, utilisation: 100 },
  scores: { quality: [0.9, 1, 0] },
};
const said = (change: Partial<Counts>) =>
  contradiction({ start: 0, stable: well, canary: { ...well, ...change } });

describe('contradiction', () => {
  it('finds nothing where the figures fit together', () => {
    expect(said({})).toBeUndefined();
  });

  it.each([
    [{ errors: 101 }, '101 errors of 100 requests'],
    [{ requests: 1e17 }, '100000000000000000 requests in one interval'],
    [{ tokens: { count: -1, seconds: 1 } }, 'tokens generated: -1'],
    [{ tokens: { count: 1, seconds: Number.NaN } }, 'seconds of generation: NaN'],
    [{ gpu: { memory: 101 } }, 'GPU memory is 101 %'],
    [{ scores: { quality: [0.5, 1.5] } }, 'quality: a score of 1.5'],
  ])('names what contradicts itself: %j', (change, text) => {
    expect(said(change)).toContain(text);
  });
});
