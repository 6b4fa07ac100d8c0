import { quote, UserError } from '@sluice/contract';
import type { MetricsOptions } from './metrics-options.ts';
import type { MetricSource } from './source.ts';

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

/**
 * Asks a Prometheus a question that needs no data, logged in as for any other. Returns its address without the login.
 * @throws UserError for an address that is none or TLS files that do not fit; SystemError where it does not answer, refuses, or is no Prometheus
 */
export async function reachPrometheus(options: MetricsOptions, signal?: AbortSignal): Promise<string> {
  const { connect } = await import('./prometheus/open.ts');
  const { prometheus, address } = connect(options);
  await prometheus.instant('vector(1)', signal);
  return address;
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
