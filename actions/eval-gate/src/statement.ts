import type { Digest, RecordRef, RunId } from '@sluice/contract';
import { version } from '@sluice/contract';
import { appendStatement, digestOf, gateStatement, pinRecord } from '@sluice/record';
import type { Context } from './context.ts';
import { definition } from './definition.ts';
import type { Judgement } from './judge.ts';
import type { Registered } from './register.ts';
import { VERSION } from './version.ts';

/** Adds the decision to the record: about exactly the identity that was judged, with the digests of what it rests on. */
export async function stated(
  context: Context,
  run: RunId,
  judgement: Judgement,
  stored: Stored,
  registered: Registered | undefined,
): Promise<RecordRef> {
  const { host, store, identity, places, key } = context;
  const { invocation, repository, commit, ref } = host.source;
  const { report, gatesText, claimed, figures, people, judgeModel } = judgement;
  const statement = gateStatement({
    runId: run,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    finishedAt: host.now(),
    ...(host.source.jobUrl === undefined ? {} : { url: host.source.jobUrl }),
    ...(identity ? { identity, places } : {}),
    decision: report.decision,
    gates: report.gates.map(({ name, decision }) => ({ name, decision })),
    gatesDigest: digestOf(gatesText),
    candidateResults: stored.candidate,
    ...(stored.baseline ? { baselineResults: stored.baseline } : {}),
    ...(stored.dataset ? { dataset: stored.dataset } : {}),
    ...(people ? { review: people.digest } : {}),
    ...(judgeModel ? { judge: judgeModel.digest } : {}),
    claimed,
    metrics: figures,
    ...(registered
      ? { version: version.format(registered.version), registryVersion: registered.registryVersion }
      : {}),
  });
  return (await appendStatement(store, run, statement, { prior: await priorOf(context), key })).ref;
}

/** The record that goes on: the one given, else what is believed of the one that lies there. */
async function priorOf({ inputs, record, store }: Context): Promise<RecordRef | undefined> {
  if (inputs.record) return inputs.record;
  if (!record || record.statements.length === 0) return undefined;
  return record.signed ? pinRecord(store, inputs['run-id'] as RunId, record) : record.ref;
}

/** Digests of what was judged. */
export interface Stored {
  readonly candidate: Digest;
  readonly baseline: Digest | undefined;
  /** Over the items of all tasks, input and target. */
  readonly dataset: Digest | undefined;
}
