import type { KeyObject } from 'node:crypto';
import { type ImageRef, messageOf, type RecordRef, UserError } from '@sluice/contract';
import {
  identityNamed,
  imageNamed,
  namedBy,
  openRecord,
  provesApproval,
  type RecordStore,
  type RunRecord,
} from '@sluice/record';
import type { Completed } from '@sluice/rollout';

/** Where records lie, and whose signature a decision in them must have; undefined: none. */
export interface Evidence {
  readonly store: RecordStore;
  readonly trusted: readonly KeyObject[] | undefined;
}

/** What the record of a version that completed says of it. */
export interface Proof {
  readonly good: boolean;
  /** One sentence. */
  readonly reason: string;
  readonly record: RunRecord | undefined;
}

/** Whether its record still proves that a gate approved it; one that was started unproven has none. */
export async function provenGood(
  { record, version, image }: Completed,
  { store, trusted }: Evidence,
): Promise<Proof> {
  if (record === 'none') return { good: false, reason: `${version} was started unproven`, record: undefined };
  try {
    const opened = await openRecord(record as RecordRef, store, { trusted });
    const carried = image === 'none' ? undefined : imageNamed(opened, image as ImageRef)?.identity;
    const identity = carried ?? identityNamed(namedBy(opened));
    if (!identity) return { good: false, reason: `the record of ${version} names no model`, record: opened };
    const { approved, reason } = provesApproval(opened, { identity });
    return { good: approved, reason, record: opened };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { good: false, reason: messageOf(error), record: undefined };
  }
}
