import type { Inputs } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { RunRecord } from '@sluice/record';
import type { Completed, Slot } from '@sluice/rollout';
import type { definition } from '../definition.ts';
import type { From, MethodDone } from '../round.ts';

/** What a method works with. */
export interface Following {
  readonly inputs: Inputs<(typeof definition)['inputs']>;
  readonly host: Host;
  readonly from: From;
  /** The newest version before it whose record proves that it was approved. */
  readonly restored: Completed | undefined;
  readonly record: RunRecord | undefined;
  /** The slot that has the users afterwards. */
  readonly live: Slot;
  /** Looks whether it could be done and writes nothing. */
  readonly pretend: boolean;
}

/**
 * Lets one more thing follow the users. Done again it finds its work done. It throws a `UserError` where it cannot be done; nothing
 * where there is nothing to do and nobody would expect it.
 */
export type Method = (following: Following) => Promise<Pick<MethodDone, 'ok' | 'text'> | undefined>;
