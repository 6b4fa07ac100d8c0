import { decodeState, encodeState, newTarget, type RolloutState } from '@sluice/rollout';
import type { State, StateCell } from '@sluice/store';

/** A state as it was read, with what names this very value for the next write. */
export interface Held {
  readonly state: RolloutState;
  readonly seen: State | undefined;
}

/** Where the state of one target lies. */
export interface Place {
  /** For people and for the output `state`. */
  readonly where: string;
  read(): Promise<Held>;
  /** Replaces what was read; undefined where somebody else was faster. */
  write(held: Held, next: RolloutState): Promise<Held | undefined>;
}

/** The state of a target, decoded and checked at every read. */
export function placeOf(cell: StateCell, target: string): Place {
  return {
    where: cell.where,
    read: async () => {
      const seen = await cell.read();
      return { state: seen ? decodeState(JSON.stringify(seen.value), cell.where) : newTarget(target), seen };
    },
    write: async ({ seen }, next) => {
      const result = await cell.compareAndSet(JSON.parse(encodeState(next)), seen);
      return result.ok ? { state: next, seen: result.state } : undefined;
    },
  };
}
