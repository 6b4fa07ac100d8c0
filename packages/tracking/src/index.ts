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
