import { type RecordRef, UserError } from '@sluice/contract';
import { namedBy } from './named.ts';
import { openRecord } from './open-record.ts';
import type { RecordStore } from './run-record.ts';

/**
 * The commit that a version was made from, as its record says, since a scheduled step runs for another one; undefined where it has no
 * record (`none`), or one that cannot be read. For what is shown to people alone: it decides nothing.
 */
export async function commitBehind(
  { record }: { readonly record: string },
  store: RecordStore,
): Promise<string | undefined> {
  if (record === 'none') return undefined;
  try {
    return namedBy(await openRecord(record as RecordRef, store)).commit;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
