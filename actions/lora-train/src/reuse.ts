import { type Digest, type ModelDigest, messageOf, modelDigest } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { fetchModel, type Store } from '@sluice/store';
import type { TrackedRun, Tracker } from '@sluice/tracking';
import { tagNames } from './tags.ts';

/** An adapter that an earlier run made from the same inputs. */
export interface Reusable {
  readonly parent: TrackedRun;
  /** Its folder on this machine, its digest recomputed. */
  readonly folder: string;
  readonly digest: ModelDigest;
}

/** The newest finished run with the same inputs whose adapter is still there; undefined where there is none. */
export async function findReusable(
  inputs: Digest,
  experiment: string,
  { tracker, store, trackingUri, host }: { tracker: Tracker; store: Store; trackingUri: string; host: Host },
): Promise<Reusable | undefined> {
  const { workspace, env, cacheDir, signal } = host;
  const runs = await tracker.findRuns({ [tagNames.inputs]: inputs }, { experiment, limit: 20 });
  for (const parent of runs) {
    const [ref, made] = [parent.tags[tagNames.adapter], parent.tags[tagNames.model]];
    if (parent.status !== 'FINISHED' || !ref || !made) continue;
    try {
      const digest = modelDigest.parse(made);
      const folder = await fetchModel(ref, digest, { store, trackingUri, workspace, env, cacheDir, signal });
      return { parent, folder, digest };
    } catch (error) {
      signal.throwIfAborted();
      host.log.warn(
        `The run ${parent.runId} had the same inputs, but its adapter cannot be taken over: ${messageOf(error)}`,
      );
    }
  }
  return undefined;
}
