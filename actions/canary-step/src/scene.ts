import type { KeyObject } from 'node:crypto';
import type { Inputs } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { Target } from '@sluice/steering';
import type { definition } from './definition.ts';

export type In = Inputs<(typeof definition)['inputs']>;

/** What every part of one call works with. */
export interface Scene extends Target {
  readonly inputs: In;
  readonly host: Host;
  /** Signs what is stated. */
  readonly key: KeyObject | undefined;
  /** What looks of this call have found that a reader must know; for the report. */
  readonly notes: string[];
  /** Those of them that a person should act on; the host shows them beside the job. */
  readonly alerts: string[];
}
