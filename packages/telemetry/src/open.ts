import { quote, UserError } from '@sluice/contract';
import type { AccessLogOptions } from './access-log/source.ts';
import type { TlsFiles } from './prometheus/transport.ts';
import type { MetricSource } from './source.ts';

/** What the input `metrics` and the router say about where figures come from. */
export interface MetricsOptions {
  /**
   * One source a line. Each is the address of a Prometheus (`http(s)://…`, with `?family=…&stable=…&canary=…` as needed), the path
   * of a gateway's JSON access log, or `requests:` and the path of a structured request log. The first one counts requests and
   * errors; the others add what those before them do not measure.
   */
  readonly metrics: string;
  /** How the slots are named: backends in a log, in a Prometheus the family's label. Default `stable` and `canary`. */
  readonly stable?: string;
  readonly canary?: string;
  /**
   * The `model_version` of each slot in a request log. Where only one is given, every other version is the other slot's. Default: the
   * slots' names.
   */
  readonly versions?: { readonly stable?: string; readonly canary?: string };
  /** Metric names of a Prometheus, where its address does not say it. Default `haproxy`. */
  readonly family?: string;
  /** Bearer token of a Prometheus. A user and a password may stand in its address. */
  readonly token?: string;
  /** PEM files, where an address does not name its own (`&ca=…&cert=…&key=…`). */
  readonly tls?: TlsFiles;
  /** Length of a step in milliseconds. Default: one minute. */
  readonly step?: number;
  /** Limit of one query, milliseconds. Default 30,000. */
  readonly timeout?: number;
  readonly frontend?: string;
  readonly bucketOf?: AccessLogOptions['bucketOf'];
}

/**
 * Opens the source or sources that are meant. Nothing is read yet.
 * @throws UserError where one is neither an address nor a path
 */
export async function openMetrics(options: MetricsOptions): Promise<MetricSource> {
  const lines = sourceLines(options.metrics);
  const sources: MetricSource[] = [];
  for (const metrics of lines) sources.push(await openOne({ ...options, metrics }));
  const [first, ...others] = sources;
  if (first === undefined) throw noSource(options.metrics);
  if (!first.counts)
    throw new UserError(
      `${first.name} counts no requests and errors, so it can only add to a source before it. Name that source in the line above.`,
    );
  if (others.length === 0) return first;
  const { Combined } = await import('./combined.ts');
  return new Combined(first, others);
}

/** The sources that the input `metrics` names, one a line. */
export function sourceLines(metrics: string): string[] {
  return metrics
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The path of a request log, where a line of `metrics` names one. */
export function requestLogOf(line: string): string | undefined {
  return /^requests:([^?]+)/.exec(line)?.[1];
}

async function openOne(options: MetricsOptions): Promise<MetricSource> {
  const { metrics } = options;
  if (/^https?:\/\//.test(metrics)) {
    const { openPrometheus } = await import('./prometheus/open.ts');
    return await openPrometheus(options);
  }
  if (requestLogOf(metrics) !== undefined) {
    const { openRequestLog } = await import('./request-log/open.ts');
    return openRequestLog(options);
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(metrics)) throw noSource(metrics);
  const { AccessLog } = await import('./access-log/source.ts');
  const { stable, canary, frontend, step, bucketOf } = options;
  return new AccessLog({
    path: metrics,
    ...(stable === undefined ? {} : { stable }),
    ...(canary === undefined ? {} : { canary }),
    ...(frontend === undefined ? {} : { frontend }),
    ...(step === undefined ? {} : { step }),
    ...(bucketOf === undefined ? {} : { bucketOf }),
  });
}

function noSource(metrics: string): UserError {
  return new UserError(
    `metrics ${quote(metrics)} is no source. Allowed: the address of a Prometheus (http://host:9090), the path of an access log, or requests:<path> for a request log; several on lines of their own.`,
  );
}
