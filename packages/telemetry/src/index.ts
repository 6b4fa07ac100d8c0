// The gateway's access log.
export { type Entry, type Outcome, outcomeOf, parseLine } from './access-log/line.ts';
export { AccessLog, type AccessLogOptions } from './access-log/source.ts';
// Durations.
export {
  countUpTo,
  defaultBounds,
  type Histogram,
  HistogramBuilder,
  merge,
  quantile,
  total,
} from './histogram.ts';
// What the input `metrics` names.
export type { MetricsOptions } from './metrics-options.ts';
export { openMetrics, reachPrometheus, requestLogOf, sourceLines } from './open.ts';
// Prometheus: metric names by program.
export { type FamilyName, families } from './prometheus/families/families.ts';
export type { Family } from './prometheus/families/family.ts';
// The structured request log.
export type { LoggedRequest } from './request-log/line.ts';
export { type RequestLogLine, requestLogLine } from './request-log/open.ts';
export { newestRequest, type Scanned, scanRequests } from './request-log/scan.ts';
export { type SlotOf, slotByVersion } from './request-log/slots.ts';
export type { Counts, MetricSource, Minute, UserCounts } from './source.ts';
