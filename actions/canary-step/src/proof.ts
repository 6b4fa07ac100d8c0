import type { KeyObject } from 'node:crypto';
import {
  type ImageRef,
  type RecordRef,
  type RunId,
  UserError,
  type Version,
  version as versionType,
} from '@sluice/contract';
import {
  identityNamed,
  imageNamed,
  type Named,
  namedBy,
  openRecord,
  pinRecord,
  provesApproval,
  type Identity as RecordedIdentity,
  type RecordStore,
  type RunRecord,
  sameIdentity,
} from '@sluice/record';
import type { Identity } from '@sluice/rollout';

/** What may get users, and why it may. */
export interface Proven {
  readonly runId: string;
  /** RecordRef, or `none` where a file of the commit allows an unproven start. */
  readonly record: string;
  readonly identity: Identity;
  readonly image: string;
  readonly version: string;
  /** One sentence, for the log. */
  readonly because: string;
}

export interface Asked {
  readonly runId: RunId | undefined;
  readonly record: RecordRef | undefined;
  readonly image: ImageRef | undefined;
  readonly version: Version | undefined;
  /** Keys under which a record may be found by its run alone; a decision then counts only where one of them signed it. */
  readonly trusted?: readonly KeyObject[] | undefined;
  readonly dryRun?: boolean;
}

export const rolloutIdentity = (identity: RecordedIdentity): Identity =>
  'model' in identity ? { model: identity.model } : { base: identity.baseModel, adapter: identity.adapter };

export const recordedIdentity = (identity: Identity): RecordedIdentity =>
  ('model' in identity
    ? { model: identity.model }
    : { baseModel: identity.base, adapter: identity.adapter }) as RecordedIdentity;

/**
 * Reads a pinned or signed record and says what it proves: that a gate approved exactly what the image carries. Anything less is
 * no proof. Throws a `UserError` for what contradicts itself; `refused` is a record that says no.
 */
export async function prove(
  asked: Asked,
  store: RecordStore,
): Promise<Proven | { readonly refused: string }> {
  const from = asked.record ?? (asked.trusted && asked.runId);
  if (!from) {
    throw new UserError(
      "a rollout needs a record that proves the gate's approval: pass `record` from eval-gate or build-vllm-image, or `run-id` and `trusted-keys` where they sign. " +
        'A record that is only found in the store could have been written by anybody who can write there',
    );
  }
  const record = await openRecord(from, store, { trusted: asked.trusted });
  const named = namedBy(record);
  const runId = asked.runId ?? named.runId;
  if (!runId) throw new UserError(`the record ${record.where} names no run; pass run-id`);
  if (named.runId && named.runId !== runId)
    throw new UserError(
      `run-id is ${runId}, but the record is of run ${named.runId}; pass both from the same step`,
    );
  const { identity, carried, image } = whatIsDeployed(asked, record, named);
  const approval = provesApproval(record, { identity });
  if (!approval.approved) return { refused: approval.reason };
  const given = asked.version && versionType.format(asked.version);
  if (given !== undefined && carried !== undefined && given !== carried)
    throw new UserError(`version is ${given}, but the image serves under ${carried}; leave version out`);
  const version = given ?? carried ?? named.version;
  if (!version)
    throw new UserError(
      'neither the record nor `version` says under which version the new server serves; pass version',
    );
  return {
    runId,
    record: await pinned(record, runId, asked, store),
    identity: rolloutIdentity(identity),
    image,
    version,
    because: approval.reason,
  };
}

/** What was found by its run is pinned from here on: later ticks read exactly what was proven. */
const pinned = async (
  record: RunRecord,
  runId: string,
  { dryRun }: Asked,
  store: RecordStore,
): Promise<RecordRef> => (record.pinned || dryRun ? record.ref : pinRecord(store, runId, record));

function whatIsDeployed(
  { image }: Asked,
  record: RunRecord,
  named: Named,
): { identity: RecordedIdentity; carried: string | undefined; image: string } {
  if (image) {
    const carried = imageNamed(record, image);
    if (!carried)
      throw new UserError(
        `the record ${record.where} says nothing about the image ${image}; pass \`image\` and \`record\` from the same build-vllm-image`,
      );
    return { identity: carried.identity, carried: carried.version, image };
  }
  const identity = identityNamed(named);
  if (!identity)
    throw new UserError(
      `the record ${record.where} names no model; pass \`record\` from eval-gate or build-vllm-image`,
    );
  // the image that was built for exactly this, where the record names one
  const built = named.image && imageNamed(record, named.image.image);
  return built && sameIdentity(built.identity, identity)
    ? { identity, carried: built.version, image: built.image }
    : { identity, carried: undefined, image: 'none' };
}

/** A start without proof, which a file of the commit allows with a reason. */
export function unproven(asked: Asked, allowed: { reason: string; 'run-id'?: string | undefined }): Proven {
  if (!asked.runId) throw new UserError('an unproven rollout needs run-id');
  if (!asked.version)
    throw new UserError('an unproven rollout needs version: the name under which the new server serves');
  if (allowed['run-id'] !== undefined && allowed['run-id'] !== asked.runId) {
    throw new UserError(`allow-unproven is for run ${allowed['run-id']}, not for ${asked.runId}`);
  }
  return {
    runId: asked.runId,
    record: 'none',
    identity: { model: 'unproven' },
    image: asked.image ?? 'none',
    version: versionType.format(asked.version),
    because: `Unproven, allowed by a file of the commit: ${allowed.reason}`,
  };
}
