import { createHmac } from 'node:crypto';
import type { LoggedRequest, SlotOf } from '@sluice/telemetry';
import type { Answer, Slot } from '../answer.ts';

const HOUR = 3_600_000;

interface Held {
  /** Its place in the draw: uniform, and the same for the same seed and request. */
  readonly rank: string;
  readonly request: LoggedRequest;
}

/**
 * Draws the same number of answered requests of both versions from a stream, whatever its order and length: of each version and
 * hour those of lowest keyed hash are held (a bottom-k sample), so that the same seed draws the same requests again.
 *
 * Source: Cohen & Kaplan, "Summarizing data using bottom-k sketches", PODC 2007.
 */
export class Draw {
  readonly #seed: string;
  readonly #slotOf: SlotOf;
  readonly #size: number;
  /** By hour and version, ascending by rank, no more than `size`. */
  readonly #held = new Map<number, Record<Slot, Held[]>>();
  readonly #seen: Record<Slot, number> = { stable: 0, canary: 0 };

  /** `size`: answers of each version. */
  constructor({ seed, slotOf, size }: { seed: string; slotOf: SlotOf; size: number }) {
    this.#seed = seed;
    this.#slotOf = slotOf;
    this.#size = size;
  }

  /** Answered requests that were seen, by version. */
  get seen(): Readonly<Record<Slot, number>> {
    return this.#seen;
  }

  take(request: LoggedRequest): void {
    const slot = this.#slotOf(request.version);
    if (!slot || request.outcome !== 'answered') return;
    const name = request.requestId ?? JSON.stringify([request.time, request.prompt, request.response]);
    const rank = createHmac('sha256', this.#seed).update(`${slot}\0${name}`).digest('hex');
    const hour = Math.floor(request.time / HOUR);
    let both = this.#held.get(hour);
    if (!both) {
      both = { stable: [], canary: [] };
      this.#held.set(hour, both);
    }
    const list = both[slot];
    const at = place(list, rank);
    // a line that was written twice is one answer
    if (list[at]?.rank === rank) return;
    this.#seen[slot]++;
    if (at >= this.#size) return;
    list.splice(at, 0, { rank, request });
    if (list.length > this.#size) list.pop();
  }

  /**
   * The sample, in an order that tells nothing of versions. Each hour gives both versions the same number, as equal over the hours
   * as what was seen allows.
   */
  answers(): Answer[] {
    const hours = [...this.#held].sort(([a], [b]) => a - b).map(([, both]) => both);
    const most = hours.map((both) => Math.min(both.stable.length, both.canary.length));
    const share = fairShares(most, this.#size);
    return hours
      .flatMap((both, i) => [
        ...both.stable.slice(0, share[i]).map((held) => answerOf(held, 'stable')),
        ...both.canary.slice(0, share[i]).map((held) => answerOf(held, 'canary')),
      ])
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function answerOf({ rank, request }: Held, slot: Slot): Answer {
  const { prompt, response, time } = request;
  return { id: rank.slice(0, 16), slot, prompt, response, time };
}

/** Where a rank stands or would stand in an ascending list. */
function place(list: readonly Held[], rank: string): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Held).rank < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `size` shared out one by one to those that have any left, in turn: nobody gets two more than another who could take them. */
export function fairShares(most: readonly number[], size: number): number[] {
  const shares = most.map(() => 0);
  let left = Math.min(
    size,
    most.reduce((a, b) => a + b, 0),
  );
  while (left > 0)
    for (let i = 0; i < most.length && left > 0; i++) {
      if ((shares[i] as number) >= (most[i] as number)) continue;
      shares[i] = (shares[i] as number) + 1;
      left--;
    }
  return shares;
}
