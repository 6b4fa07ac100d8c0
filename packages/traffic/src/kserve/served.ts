import { SystemError, UserError } from '@sluice/contract';
import type { Kubernetes, Resource } from '@sluice/kubernetes';

const GROUP = 'serving.kserve.io';

/** The versions of each kind that are understood, the newest first. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  InferenceService: ['v1beta1'],
  LLMInferenceService: ['v1alpha2', 'v1alpha1'],
};

export const KINDS = Object.keys(VERSIONS);

/** Where the server has a kind, in the newest version that it serves. @throws UserError where it has none */
export async function servedKind(
  cluster: Kubernetes,
  kind: string,
  signal: AbortSignal | undefined,
): Promise<Resource> {
  let refused: UserError | undefined;
  for (const version of VERSIONS[kind] ?? []) {
    try {
      return await cluster.resource(`${GROUP}/${version}`, kind, { signal });
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof SystemError) throw error;
      refused = error;
    }
  }
  throw refused ?? new TypeError(`no version of ${kind} is known`);
}
