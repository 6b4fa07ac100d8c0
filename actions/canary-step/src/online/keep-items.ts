import { keeper, keptItems, type OnlineEvaluation, type Round } from '@sluice/online-evaluation';
import type { Rollout } from '@sluice/rollout';
import type { Scene } from '../scene.ts';

/** Leaves the scored answers of a round in the store, as far as the document wants them kept. */
export async function keepItems(
  { store, host }: Scene,
  { runId, begunAt }: Rollout,
  { keep }: OnlineEvaluation,
  round: Round,
): Promise<void> {
  const key = host.env['SLUICE_HASH_KEY'];
  if (key) host.mask(key);
  const text = keptItems(round, keeper(keep, `${runId} ${begunAt}`, key), keep !== 'nothing');
  if (text === undefined) return;
  const until = new Date(round.period.to).toISOString().replaceAll(':', '');
  await store.put(`${runId}/online-evaluation/${until}.jsonl`, Buffer.from(text));
}
