import type { AccessLogOptions } from './access-log/source.ts';
import type { TlsFiles } from './prometheus/transport.ts';

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
