import type { RecordRef } from '@sluice/contract';
import type { Step } from '@sluice/rollout';

/** What a call came to, for report and outputs. */
export interface Ended extends Pick<Step, 'decision' | 'reason' | 'nextCheck' | 'state'> {
  /** The record with the statement that this call added; undefined where it added none. */
  readonly record?: RecordRef | undefined;
}
