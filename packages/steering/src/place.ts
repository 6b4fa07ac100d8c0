import { decodeState, encodeState, newTarget, type RolloutState } from '@sluice/rollout';
import type { State, StateCell } from '@sluice/store';
import type { RouterState } from '@sluice/traffic';

/** A state as it was read, with what names this very value for the next write. */
export interface Held {
  readonly state: RolloutState;
  readonly seen: State | undefined;
}

/** Where the state of one target lies. */
export interface Place {
  /** For people and for the output `state`. */
  readonly where: string;
  /** A share can be set in the same write as the state. */
  readonly moves: boolean;
  read(): Promise<Held>;
  /** Replaces what was read, and sets the share of slot `canary` where one is given; undefined where somebody else was faster. */
  write(held: Held, next: RolloutState, canaryPercent?: number): Promise<Held | undefined>;
}

/** The state of a target, decoded and checked at every read. */
export function placeOf(cell: StateCell | RouterState, target: string): Place {
  return {
    where: cell.where,
    moves: 'moves' in cell && cell.moves,
    read: async () => {
      const seen = await cell.read();
      return { state: seen ? decodeState(JSON.stringify(seen.value), cell.where) : newTarget(target), seen };
    },
    write: async ({ seen }, next, canaryPercent) => {
      const result = await cell.compareAndSet(JSON.parse(encodeState(next)), seen, canaryPercent);
      return result.ok ? { state: next, seen: result.state } : undefined;
    },
  };
}
