import type { ModelVersion, RunStatus, TrackedRun } from '../tracker.ts';

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A run as MLflow's REST API writes it. */
export interface WireRun {
  readonly info?: {
    readonly run_id: string;
    readonly run_name?: string;
    readonly experiment_id: string;
    readonly status: RunStatus;
    readonly start_time?: number | string;
    readonly end_time?: number | string;
  };
  readonly data?: {
    readonly params?: readonly KeyValue[];
    readonly metrics?: readonly { readonly key: string; readonly value: number | string }[];
    readonly tags?: readonly KeyValue[];
  };
}

/** A model version as MLflow's REST API writes it. */
export interface WireVersion {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly run_id?: string;
  readonly status?: string;
  readonly status_message?: string;
  readonly tags?: readonly KeyValue[];
  readonly aliases?: readonly string[];
}

export function parseRun({ info, data }: WireRun, experiment: string): TrackedRun {
  return {
    runId: info?.run_id ?? '',
    name: info?.run_name ?? '',
    experiment,
    status: info?.status ?? 'RUNNING',
    startedAt: Number(info?.start_time ?? 0),
    ...(info?.end_time ? { finishedAt: Number(info.end_time) } : {}),
    params: values(data?.params),
    metrics: Object.fromEntries((data?.metrics ?? []).map(({ key, value }) => [key, Number(value)])),
    tags: values(data?.tags),
  };
}

export function parseVersion(version: WireVersion): ModelVersion {
  return {
    name: version.name,
    version: String(version.version),
    source: version.source ?? '',
    ...(version.run_id ? { runId: version.run_id } : {}),
    tags: values(version.tags),
    aliases: version.aliases ?? [],
  };
}

const values = (list: readonly KeyValue[] = []) =>
  Object.fromEntries(list.map(({ key, value }) => [key, value]));
