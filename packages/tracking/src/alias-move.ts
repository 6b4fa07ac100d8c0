import { SystemError } from '@sluice/contract';
import type { AliasMove } from './tracker.ts';

/**
 * Reads, writes and reads again. The second reading finds a move by somebody else that came between; the first tells
 * what to go back to.
 */
export async function moveAlias(
  alias: { readonly name: string; readonly alias: string; readonly version: string },
  read: () => Promise<string | undefined>,
  write: () => Promise<void>,
): Promise<AliasMove> {
  const previous = await read();
  if (previous !== alias.version) await write();
  const now = await read();
  if (now !== alias.version)
    throw new SystemError(
      `The alias '${alias.alias}' of ${alias.name} was set to version ${alias.version} and now names ${now ?? 'none'}: another job moved it meanwhile. Run this step again if it should have the last word.`,
    );
  return { version: alias.version, previous };
}
