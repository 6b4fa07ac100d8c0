import { duration } from '@sluice/contract';
import type { Summary } from '@sluice/inference';
import type { Check } from './ask.ts';

export interface Limits {
  readonly 'max-ttft-p99'?: number | undefined;
  readonly 'max-latency-p99'?: number | undefined;
  readonly 'min-tokens-per-second'?: number | undefined;
  readonly 'max-error-rate': number;
}

/** Holds what was measured against the limits. What could not be measured does not pass. */
export function judge(summary: Summary, limits: Limits): Check[] {
  return [
    atMost('max-ttft-p99', 'P99 of the time to the first token', summary.ttft.p99, limits['max-ttft-p99']),
    atMost(
      'max-latency-p99',
      'P99 of the time for a whole answer',
      summary.latency.p99,
      limits['max-latency-p99'],
    ),
    rate(summary, limits['min-tokens-per-second']),
    {
      name: 'max-error-rate',
      passed: summary.errorRate <= limits['max-error-rate'],
      detail: `${summary.failed} of ${summary.requests} requests failed; allowed is a share of ${limits['max-error-rate']}`,
    },
  ].filter((check) => check !== undefined);
}

function atMost(
  name: string,
  what: string,
  value: number | undefined,
  limit: number | undefined,
): Check | undefined {
  if (limit === undefined) return undefined;
  const shown =
    value === undefined
      ? 'could not be measured'
      : value === Infinity
        ? 'is endless: too many requests failed'
        : `is ${Math.round(value)} ms`;
  return {
    name,
    passed: value !== undefined && value <= limit,
    detail: `${what} ${shown}; allowed are ${duration.format(limit)}`,
  };
}

function rate(summary: Summary, limit: number | undefined): Check | undefined {
  if (limit === undefined) return undefined;
  const value = summary.tokensPerSecond;
  const counted = summary.tokensCounted ? '' : ' (estimated: the server does not count them)';
  return {
    name: 'min-tokens-per-second',
    passed: value !== undefined && value >= limit,
    detail: `${value === undefined ? 'no token was measured' : `${value.toFixed(1)} tokens a second${counted}`}; needed are ${limit}`,
  };
}
