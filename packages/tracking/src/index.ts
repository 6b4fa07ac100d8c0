// The figures of each version, for systems that keep time series.
export type { Figure, VersionFigures } from './history/figure.ts';
export { type HistoryTarget, historyTarget } from './history/target.ts';
export { type WriteOptions, writeHistory } from './history/write-history.ts';
// Runs and registries.
export { openTracker, type TrackerOptions } from './open-tracker.ts';
export type {
  AliasMove,
  Metric,
  ModelVersion,
  NewRun,
  Params,
  Registry,
  RunStatus,
  Tags,
  TrackedRun,
  Tracker,
} from './tracker.ts';
