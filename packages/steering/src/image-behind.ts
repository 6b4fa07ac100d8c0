import { messageOf, UserError } from '@sluice/contract';
import type { Slot } from '@sluice/rollout';
import type { Router } from '@sluice/traffic';

/** What a look at the Pods behind a slot showed. */
export interface ImageBehind {
  /** They do not run the image that the record proves. */
  readonly problem?: string;
  /** It could not be compared, and why. */
  readonly note?: string;
}

/**
 * Compares what the Pods behind a slot run with the image of a record, by digest. Routers outside Kubernetes know no Pods, and a rollout
 * without an image has nothing to compare with. A job that may not look at Pods compares nothing, which is said; no Pod at all is a problem:
 * whoever is sent there is not served.
 */
export async function imageBehind(
  router: Router,
  slot: Slot,
  image: string,
  signal: AbortSignal,
): Promise<ImageBehind> {
  const digest = image.split('@')[1];
  if (!router.images || digest === undefined) return {};
  const where = `the slot ${slot} (${router.slots[slot]})`;
  try {
    const pods = await router.images(slot, signal);
    if (pods.length === 0) return { problem: `no Pod behind ${where} runs` };
    const wrong = pods.find(({ images }) => !images.some((one) => one.endsWith(digest)));
    return wrong
      ? {
          problem: `Pod ${wrong.pod} behind ${where} runs ${wrong.images.join(', ')}, not ${digest} of the record`,
        }
      : {};
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return {
      note: `what the Pods behind ${where} run was not compared with the record: ${messageOf(error)}`,
    };
  }
}
