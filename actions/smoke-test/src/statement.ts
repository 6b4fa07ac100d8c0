import type { Digest, RecordRef, RunId } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { appendStatement, digestOf, namedBy, openRecord, smokeTestStatement } from '@sluice/record';
import { keys, openStore, type Store } from '@sluice/store';
import type { Check } from './ask.ts';
import { definition } from './definition.ts';
import type { Proven } from './identity.ts';
import type { In } from './plan.ts';
import { VERSION } from './version.ts';

export const storeOf = (inputs: In, host: Host): Promise<Store> =>
  openStore({
    trackingUri: inputs['tracking-uri'] ?? host.env.MLFLOW_TRACKING_URI,
    workspace: host.workspace,
    env: host.env,
    signal: host.signal,
  });

/** The run that the test belongs to: the one given, else the one that the record names. */
export async function runOf(inputs: In, store: Store): Promise<RunId | undefined> {
  if (inputs['run-id'] !== undefined || inputs.record === undefined) return inputs['run-id'];
  return namedBy(await openRecord(inputs.record, store)).runId as RunId | undefined;
}

/** Puts the measurements beside the run and adds what was found to its record. */
export async function stated(
  found: {
    readonly checks: readonly Check[];
    readonly metrics: Record<string, unknown>;
    readonly json: string;
    readonly proven: Proven;
  },
  runId: RunId,
  inputs: In,
  store: Store,
  host: Host,
): Promise<RecordRef> {
  const bytes = Buffer.from(found.json);
  await store.put(keys.report(runId, 'smoke-test.json'), bytes);
  const { invocation, repository, commit, ref, jobUrl } = host.source;
  const finite = Object.entries(found.metrics).filter((e): e is [string, number] => typeof e[1] === 'number');
  const statement = smokeTestStatement({
    runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    finishedAt: host.now(),
    ...(jobUrl === undefined ? {} : { url: jobUrl }),
    ...(found.proven.identity ? { identity: found.proven.identity } : {}),
    report: digestOf(bytes) as Digest,
    healthy: found.checks.every((c) => c.passed),
    checks: found.checks,
    metrics: Object.fromEntries(finite),
  });
  return (await appendStatement(store, runId, statement, { prior: inputs.record })).ref;
}
