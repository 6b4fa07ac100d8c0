import { UserError } from '@sluice/contract';
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

/** Parts behind the `?` of a target that tell one split from another on the same router. */
const TELLING = ['frontend', 'var'];

/**
 * Whether two targets may be the same one, written in two ways: parts that only one of them names say nothing. A context is a name of
 * this machine's own, so where the router's own object holds the state another one says nothing either.
 */
function sameTarget(one: string, other: string, inRouter: boolean): boolean {
  const [a, b] = [one, other].map((target) => {
    const at = target.indexOf('?');
    return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
  }) as [[string, string], [string, string]];
  const [p, q] = [new URLSearchParams(a[1]), new URLSearchParams(b[1])];
  const telling = inRouter ? TELLING : [...TELLING, 'context'];
  const differ = telling.some((key) => p.has(key) && q.has(key) && p.get(key) !== q.get(key));
  return a[0].toLowerCase() === b[0].toLowerCase() && !differ;
}

/**
 * The state of a target, decoded and checked at every read: one that lies in a file for several targets, or in an object that was made as
 * a copy of another, is refused before it moves anybody.
 */
export function placeOf(cell: StateCell | RouterState, target: string): Place {
  const inRouter = 'moves' in cell;
  return {
    where: cell.where,
    moves: inRouter && cell.moves,
    read: async () => {
      const seen = await cell.read();
      const state = seen ? decodeState(JSON.stringify(seen.value), cell.where) : newTarget(target);
      if (!sameTarget(state.target, target, inRouter))
        throw new UserError(
          `${cell.where} holds the state of target ${state.target}, not of ${target}. Give each target a state of its own; where both are one router under two names, write the new one as 'target' into that state.`,
        );
      return { state, seen };
    },
    write: async ({ seen }, next, canaryPercent) => {
      const result = await cell.compareAndSet(JSON.parse(encodeState(next)), seen, canaryPercent);
      return result.ok ? { state: next, seen: result.state } : undefined;
    },
  };
}
