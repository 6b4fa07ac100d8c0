import type { Exchange, FailureKind } from './exchange.ts';
import { quantile } from './quantile.ts';

/** One request of a probe or a load, as it is judged. */
export interface Measured {
  readonly stream: boolean;
  readonly exchange: Exchange;
}

export interface Quantiles {
  /** Over all requests offered: a failed one counts as endless, so `Infinity` is possible. Undefined without requests. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Over the answered ones alone. */
  readonly completedP50: number | undefined;
  readonly completedP99: number | undefined;
}

/** What a number of requests says about a server. Times in milliseconds. */
export interface Summary {
  readonly requests: number;
  readonly failed: number;
  /** failed / requests, 0..1; 1 where nothing was asked, so that an empty run never looks healthy. */
  readonly errorRate: number;
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  /** Streamed requests only. */
  readonly ttft: Quantiles;
  readonly latency: Quantiles;
  /** Over answers of two tokens or more. */
  readonly tpotP50: number | undefined;
  /** Output tokens of all answers for each second of the whole run. */
  readonly tokensPerSecond: number | undefined;
  readonly outputTokens: number;
  /** Whether every token was counted by the server. */
  readonly tokensCounted: boolean;
}

/** `durationMs`: from the first request's start to the last one's end. */
export function summarize(measured: readonly Measured[], durationMs: number): Summary {
  const exchanges = measured.map((m) => m.exchange);
  const answered = exchanges.filter((e) => e.ok);
  const failures: Partial<Record<FailureKind, number>> = {};
  for (const e of exchanges) if (!e.ok) failures[e.kind] = (failures[e.kind] ?? 0) + 1;
  const outputTokens = answered.reduce((sum, e) => sum + e.outputTokens, 0);
  const requests = exchanges.length;
  return {
    requests,
    failed: requests - answered.length,
    errorRate: requests === 0 ? 1 : (requests - answered.length) / requests,
    failures,
    ttft: quantiles(
      measured
        .filter((m) => m.stream)
        .map((m) => (m.exchange.ok ? (m.exchange.ttftMs ?? Infinity) : Infinity)),
    ),
    latency: quantiles(exchanges.map((e) => (e.ok ? e.latencyMs : Infinity))),
    tpotP50: quantile(
      answered.flatMap((e) => (e.tpotMs === undefined ? [] : [e.tpotMs])),
      0.5,
    ),
    tokensPerSecond:
      answered.length === 0 || durationMs <= 0 ? undefined : (outputTokens / durationMs) * 1000,
    outputTokens,
    tokensCounted: answered.length > 0 && answered.every((e) => e.tokensFrom === 'usage'),
  };
}

function quantiles(values: readonly number[]): Quantiles {
  const completed = values.filter(Number.isFinite);
  return {
    p50: quantile(values, 0.5),
    p99: quantile(values, 0.99),
    completedP50: quantile(completed, 0.5),
    completedP99: quantile(completed, 0.99),
  };
}
