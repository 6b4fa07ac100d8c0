import { messageOf, UserError } from '@sluice/contract';
import type { MethodDone } from '../round.ts';
import type { Following, Method } from './method.ts';

/** Loaded only where they are asked for. */
const methods: Readonly<Record<string, () => Promise<Method>>> = {
  'registry-alias': async () => (await import('./registry-alias.ts')).registryAlias,
  gitops: async () => (await import('./gitops.ts')).gitops,
  dvc: async () => (await import('./dvc.ts')).dvc,
  'rollout-undo': async () => (await import('./rollout-undo.ts')).rolloutUndo,
};

/**
 * Carries out one method. A registry or a repository that does not answer is a result, since the rest of the list still has to be
 * done; repeating the rollback tries again.
 */
export async function carryOutMethod(name: string, following: Following): Promise<MethodDone | undefined> {
  const method = await methods[name]?.();
  if (!method) return undefined;
  try {
    const done = await method(following);
    return done && { method: name, ...done };
  } catch (error) {
    following.host.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return {
      method: name,
      ok: false,
      text: `${name}: ${messageOf(error).replace(/\.$/, '')}. Run rollback again when that is mended`,
    };
  }
}
