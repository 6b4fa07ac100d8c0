import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import { AccessLog, type MetricSource } from '@sluice/telemetry';

export interface SourceOptions {
  /** What the input `metrics` or the state names. */
  readonly metrics: string;
  readonly workspace: string;
  /** Length of the judge's intervals, milliseconds. */
  readonly step: number;
}

/** Opens the source that `metrics` names: the access log of the gateway, read where it is written. */
export function openSource({ metrics, workspace, step }: SourceOptions): MetricSource {
  if (/^https?:\/\//.test(metrics))
    throw new UserError(`metrics is an address; allowed: the path of the gateway's JSON access log`);
  return new AccessLog({ path: resolve(workspace, metrics), step });
}
