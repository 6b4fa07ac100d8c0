import { messageOf, UserError } from '@sluice/contract';
import { meanOf, type Round, type Slot } from '@sluice/online-evaluation';
import type { Rollout } from '@sluice/rollout';
import { openTracker } from '@sluice/tracking';
import type { Scene } from '../scene.ts';

/**
 * Writes the mean scores of a round to the run: `online/<scorer>/new` and `/live`. A tracking server that does not answer is a warning;
 * the scores are in the ledger.
 */
export async function trackRound({ inputs, host }: Scene, rollout: Rollout, round: Round): Promise<void> {
  const uri = inputs['tracking-uri'] ?? host.env['MLFLOW_TRACKING_URI'];
  if (!uri) return;
  const live: Slot = rollout.candidate === 'canary' ? 'stable' : 'canary';
  const { to } = round.period;
  const step = Math.round((to - (rollout.stages[0]?.start ?? to)) / 60_000);
  const metrics = Object.entries(round.outcomes).flatMap(([name, outcome]) =>
    (
      [
        ['new', outcome[rollout.candidate]],
        ['live', outcome[live]],
      ] as const
    ).flatMap(([role, scored]) => {
      const value = meanOf(scored);
      return value === undefined ? [] : [{ key: `online/${name}/${role}`, value, step, timestamp: to }];
    }),
  );
  if (metrics.length === 0) return;
  const tracker = openTracker(uri, host.env, host);
  try {
    await tracker.logMetrics(rollout.runId, metrics);
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    host.log.warn(`the scores were not written to the tracking server: ${messageOf(error)}`);
  } finally {
    await tracker.close();
  }
}
