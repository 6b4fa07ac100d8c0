import type { Host } from '@sluice/host';
import { type HistoryTarget, historyTarget } from '@sluice/tracking';

/** The targets of `history`, read before anything is judged. @throws UserError for one that is none */
export function historyOf(
  history: readonly string[],
  { workspace, env }: Pick<Host, 'workspace' | 'env'>,
): HistoryTarget[] {
  return history.map((given) => historyTarget(given, workspace, env));
}
