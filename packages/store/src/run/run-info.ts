import { UserError } from '@sluice/contract';
import { canonicalJson } from '@sluice/record';
import { keys } from '../layout.ts';
import type { Store } from '../store.ts';

/** What a run is. Lies beside its bytes as `run.json`. */
export interface RunInfo {
  readonly runId: string;
  /** The run whose bytes this one took over. Its decisions are not inherited. */
  readonly parent?: string;
  /** The action that made it. */
  readonly madeBy: string;
  /** ISO time. */
  readonly createdAt: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly trackingUri?: string;
  readonly experiment?: string;
}

export async function writeRunInfo(store: Store, info: RunInfo): Promise<void> {
  await store.put(keys.run(info.runId), Buffer.from(`${canonicalJson(info)}\n`));
}

/** @throws {UserError} when it is there and cannot be read */
export async function readRunInfo(store: Store, runId: string): Promise<RunInfo | undefined> {
  const bytes = await store.get(keys.run(runId));
  if (!bytes) return undefined;
  try {
    const info = JSON.parse(Buffer.from(bytes).toString('utf8')) as RunInfo;
    if (info.runId === runId) return info;
  } catch {}
  throw new UserError(`${store.uri(keys.run(runId))} does not describe the run ${runId}.`);
}
