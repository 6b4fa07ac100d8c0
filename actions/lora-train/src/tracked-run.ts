import { messageOf } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { openTracker, type TrackedRun, type Tracker } from '@sluice/tracking';
import { tagNames } from './tags.ts';

/** Longest value of a tag that MLflow takes. */
const tagLength = 5000;

/**
 * Does `work` as part of a run that has begun, and closes the run: finished, failed with the reason, or killed when
 * the job was cancelled.
 */
export async function closing<T>(
  run: TrackedRun,
  trackingUri: string,
  host: Host,
  work: () => Promise<T>,
): Promise<T> {
  // a cancelled job still has to say so: these few requests do not end with its signal
  const { workspace, programs, cacheDir } = host;
  const tracker = openTracker(trackingUri, host.env, { workspace, programs, cacheDir });
  try {
    const result = await work();
    await tracker.finish(run.runId, 'FINISHED', host.now().getTime());
    return result;
  } catch (error) {
    await close(tracker, run, error, host);
    throw error;
  } finally {
    await tracker.close();
  }
}

async function close(tracker: Tracker, run: TrackedRun, error: unknown, host: Host): Promise<void> {
  try {
    if (!host.signal.aborted)
      await tracker.setTags(run.runId, { [tagNames.failure]: messageOf(error).slice(-tagLength) });
    await tracker.finish(run.runId, host.signal.aborted ? 'KILLED' : 'FAILED', host.now().getTime());
  } catch (second) {
    // the first error is the one to tell
    host.log.warn(`The run ${run.runId} could not be marked as failed: ${messageOf(second)}`);
  }
}
