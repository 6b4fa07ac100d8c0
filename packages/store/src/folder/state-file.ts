import { readFile } from 'node:fs/promises';
import { messageOf, SystemError } from '@sluice/contract';
import { canonicalJson, digestOf } from '@sluice/record';
import type { SetResult, State } from '../store.ts';
import { writeAtomically } from './atomic-write.ts';
import { withLock } from './lock.ts';

/** Reads a state; the token is the SHA-256 of its bytes. */
export async function readStateFile<T>(path: string): Promise<State<T> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SystemError(`The state ${path} cannot be read: ${messageOf(error)}`);
  }
  return { value: parseState<T>(text, path), token: digestOf(text) };
}

/** Replaces a state under a lock. */
export async function setStateFile<T>(
  path: string,
  value: T,
  expected: State<T> | undefined,
): Promise<SetResult<T>> {
  return withLock(`${path}.lock`, async () => {
    const current = await readStateFile<T>(path);
    if (current?.token !== expected?.token) return { ok: false, current };
    const text = encodeState(value);
    // under the lock one name is enough: what a killed writer left is overwritten
    await writeAtomically(path, text, `${path}.partial`);
    return { ok: true, state: { value, token: digestOf(text) } };
  });
}

export function encodeState(value: unknown): string {
  return `${canonicalJson(value)}\n`;
}

/** A state that is not JSON was not written by us; it is never taken for "no state". */
export function parseState<T>(text: string, where: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new SystemError(
      `The state ${where} is not JSON. It was changed by hand or by another program; put it right, or remove it when no rollout is under way.`,
    );
  }
}
