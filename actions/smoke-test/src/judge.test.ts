import { type Measured, summarize } from '@sluice/inference';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { measurements } from './measurements.ts';

const answered = (latencyMs: number): Measured => ({
  stream: true,
  exchange: {
    ok: true,
    text: 'x',
    ttftMs: latencyMs / 10,
    latencyMs,
    tpotMs: 2,
    outputTokens: 10,
    tokensFrom: 'usage',
  },
});
const failed: Measured = {
  stream: true,
  exchange: { ok: false, kind: 'status', message: 'HTTP 500', latencyMs: 1 },
};
const results = (measured: Measured[], limits: Partial<Parameters<typeof judge>[1]>) =>
  Object.fromEntries(
    judge(summarize(measured, 1000), { 'max-error-rate': 0, ...limits }).map((c) => [c.name, c.passed]),
  );

describe('judge', () => {
  const limits = { 'max-ttft-p99': 20, 'max-latency-p99': 200, 'min-tokens-per-second': 20 };

  it('passes what keeps to its limits', () => {
    expect(results([answered(100), answered(200)], limits)).toEqual({
      'max-ttft-p99': true,
      'max-latency-p99': true,
      'min-tokens-per-second': true,
      'max-error-rate': true,
    });
  });

  it('lets a failed request fail the percentiles too', () => {
    expect(results([answered(100), failed], { ...limits, 'max-error-rate': 0.5 })).toEqual({
      'max-ttft-p99': false,
      'max-latency-p99': false,
      'min-tokens-per-second': false,
      'max-error-rate': true,
    });
  });

  it('never passes what was not measured', () => {
    expect(Object.values(results([], limits))).toEqual([false, false, false, false]);
    expect(results([{ ...answered(1), stream: false }], { 'max-ttft-p99': 1000 })['max-ttft-p99']).toBe(
      false,
    );
  });

  it('judges only what was asked for', () => {
    expect(results([answered(1)], {})).toEqual({ 'max-error-rate': true });
  });
});

describe('measurements', () => {
  it('writes names that gates know, and never an infinite number', () => {
    const values = measurements(summarize([answered(100), failed], 1000), 2_500_000_000);
    expect(values).toEqual({
      requests: 2,
      error_rate: 0.5,
      ttft_p50_ms: 'Infinity',
      ttft_p99_ms: 'Infinity',
      latency_p50_ms: 'Infinity',
      latency_p99_ms: 'Infinity',
      tpot_p50_ms: 2,
      tokens_per_second: 10,
      memory_gb: 2.5,
    });
    expect(JSON.parse(JSON.stringify(values))).toEqual(values);
  });

  it('leaves out what was not measured', () => {
    expect(measurements(summarize([], 0), undefined)).toEqual({ requests: 0, error_rate: 1 });
  });
});
