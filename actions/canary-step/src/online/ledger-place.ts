import { type Ledger, readLedger } from '@sluice/online-evaluation';
import { openState, type SetResult, type State } from '@sluice/store';
import type { Scene } from '../scene.ts';

/** Where the rounds of one rollout's online evaluation are remembered: beside the file of `state`, else in the store. */
export interface LedgerPlace {
  readonly where: string;
  read(): Promise<{ readonly ledger: Ledger; readonly seen: State } | undefined>;
  /** Replaces what was read; false where somebody else was faster. */
  write(next: Ledger, seen: State | undefined): Promise<boolean>;
}

export function ledgerPlace({ inputs, host, store }: Scene, runId: string): LedgerPlace {
  const cell = openState({
    state: inputs.state === undefined ? undefined : `${inputs.state}.${runId}.online-evaluation`,
    router: 'online-evaluation',
    target: `${inputs.router} ${inputs.target} ${runId}`,
    store,
    workspace: host.workspace,
  });
  return {
    where: cell.where,
    read: async () => {
      const seen = await cell.read();
      return seen && { ledger: readLedger(seen.value, cell.where), seen };
    },
    write: async (next, seen) => {
      const result: SetResult = await cell.compareAndSet(JSON.parse(JSON.stringify(next)), seen);
      return result.ok;
    },
  };
}
