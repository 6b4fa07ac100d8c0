import {
  type Inputs,
  type ModelDigest,
  type RecordRef,
  type RunId,
  runId,
  UserError,
  type Version,
  version,
} from '@sluice/contract';
import {
  type Documents,
  type Identity,
  identityNamed,
  type Named,
  namedBy,
  openRecord,
  pinRecord,
  provesApproval,
  type RecordStore,
  type RunRecord,
  readTrustedKeys,
} from '@sluice/record';
import type { definition } from './definition.ts';

/** What may be put into an image, and where it lies. */
export interface Approved {
  /** What proves it, pinned. */
  readonly record: RecordRef;
  readonly runId: RunId;
  readonly version: Version;
  readonly identity: Identity;
  /** The folder that goes into the image: a model, or an adapter. */
  readonly part: { readonly kind: 'model' | 'adapter'; readonly ref: string; readonly digest: ModelDigest };
  readonly commit: string | undefined;
  /** One sentence: why it may. */
  readonly because: string;
  /** One sentence: why it may not; undefined where it may. */
  readonly refused: string | undefined;
}

type In = Inputs<(typeof definition)['inputs']>;

/** Reads what the record proves. What is given besides must be what the record names. */
export async function approved(inputs: In, store: RecordStore, host: Documents): Promise<Approved> {
  const record = await recordOf(inputs, store, host);
  const { ref } = record;
  const named = namedBy(record);
  const run = inputs['run-id'] ?? (named.runId as RunId | undefined);
  if (!run) throw new UserError(`the record ${ref} names no run; pass run-id`);
  if (named.runId && named.runId !== run)
    throw new UserError(
      `run-id is ${run}, but the record is of run ${named.runId}; pass both from the same step`,
    );
  // results that were judged without training name no model themselves: then what is given must be what was approved
  const given = inputs['model-digest'];
  const identity = identityNamed(named) ?? (given && { model: given });
  if (!identity)
    throw new UserError(
      `the record ${ref} names no model; pass model and model-digest as eval-gate got them`,
    );
  const approval = provesApproval(record, { identity });
  return {
    record: ref,
    runId: runId.parse(run),
    version: versionOf(inputs, named),
    identity,
    part: partOf(inputs, named, identity),
    commit: named.commit,
    because: approval.reason,
    // results that were only claimed, without a model they were made with, never unlock an image
    refused: approval.approved ? undefined : approval.reason,
  };
}

/** A record that is given is pinned; one that is found by its run must be signed. */
async function recordOf(inputs: In, store: RecordStore, host: Documents): Promise<RunRecord> {
  const trusted = await readTrustedKeys(inputs['trusted-keys'], host);
  const run = inputs['run-id'];
  if (inputs.record) return openRecord(inputs.record, store, { trusted });
  if (!trusted || !run) {
    throw new UserError(
      "an image needs a record that proves the gate's approval: pass `record` (and `run-id`) from eval-gate, or `run-id` and `trusted-keys` where eval-gate signs",
    );
  }
  const found = await openRecord(run, store, { trusted });
  if (!inputs['dry-run']) await pinRecord(store, run, found);
  return found;
}

function versionOf(inputs: In, named: Named): Version {
  if (inputs.version) return inputs.version;
  if (named.version) return version.parse(named.version);
  throw new UserError(
    'neither `version` nor the record says under which version the image serves; pass version (eval-gate names one when it is given `register`)',
  );
}

function partOf(inputs: In, named: Named, identity: Identity): Approved['part'] {
  const kind = 'model' in identity ? 'model' : 'adapter';
  const digest = 'model' in identity ? identity.model : identity.adapter;
  const other = kind === 'model' ? 'adapter' : 'model';
  if (inputs[other] && !inputs[kind])
    throw new UserError(
      `\`${other}\` is given, but what the gate approved is the ${kind} ${digest}; leave \`${other}\` out`,
    );
  const given = inputs[`${kind}-digest`];
  if (given && given !== digest)
    throw new UserError(`${kind}-digest is ${given}, but the gate approved the ${kind} ${digest}`);
  const ref = inputs[kind] ?? named[kind]?.ref;
  if (!ref) throw new UserError(`the record does not say where the ${kind} lies; pass \`${kind}\``);
  if (kind === 'adapter' && !inputs['base-model']) {
    throw new UserError(
      'an adapter is served beside its base model: pass base-model, the path of the base model inside the running container',
    );
  }
  return { kind, ref, digest };
}
