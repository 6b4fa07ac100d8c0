import { Generator } from '@sluice/statistics';
import { describe, expect, it } from 'vitest';
import { boundsAround, drawCounts, latencyCdf } from './traffic.ts';

describe('drawCounts', () => {
  const law = { p99: 2000, sigma: 0.8 };
  const bounds = boundsAround(2000);

  it('draws requests, errors and durations from their laws', () => {
    const random = Generator.fromSeed(2);
    let [requests, errors] = [0, 0];
    const below = bounds.map(() => 0);
    for (let i = 0; i < 2000; i++) {
      const counts = drawCounts(random, 60, { errorShare: 0.05, latency: law }, bounds);
      requests += counts.requests;
      errors += counts.errors;
      counts.latency?.cumulative.forEach((n, b) => {
        below[b] = (below[b] as number) + n;
        expect(n).toBeLessThanOrEqual(counts.requests);
      });
    }
    expect(requests / 2000).toBeCloseTo(60, 0);
    expect(errors / requests).toBeCloseTo(0.05, 2);
    bounds.forEach((bound, b) => {
      expect((below[b] as number) / requests).toBeCloseTo(latencyCdf(bound, law), 2);
    });
  });

  it('draws nothing where nobody asks', () => {
    const nobody = drawCounts(Generator.fromSeed(1), 0, { errorShare: 0.5, latency: law }, [1000]);
    expect(nobody).toEqual({ requests: 0, errors: 0, latency: { bounds: [1000], cumulative: [0] } });
  });
});
