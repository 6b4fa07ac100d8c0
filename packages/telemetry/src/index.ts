export { type Entry, type Outcome, outcomeOf, parseLine } from './access-log/line.ts';
export { AccessLog, type AccessLogOptions } from './access-log/source.ts';
export {
  countUpTo,
  defaultBounds,
  type Histogram,
  HistogramBuilder,
  merge,
  quantile,
  total,
} from './histogram.ts';
export { type MetricsOptions, openMetrics } from './open.ts';
export { type FamilyName, families } from './prometheus/families.ts';
export type { Counts, MetricSource, Minute, UserCounts } from './source.ts';
