import { UNHEARD } from '../machine/listen.ts';
import type { RoleMinute } from '../observations/minute.ts';

/**
 * Whether the candidate's figures are there at all: where the live version goes on serving and nothing is heard of the candidate, although
 * many of its requests should have come, they are missing and not zero.
 */
export class Hearing {
  /** Requests in the intervals of this stage in which the candidate served. */
  private live = 0;
  private candidate = 0;
  /** The live version's requests since it last did, and in how many intervals. */
  private quiet = 0;
  private intervals = 0;

  /** How many intervals turn out not to have been seen, now that this one came. `share`: the candidate's in the plan, 0 to 1. */
  missed({ live, candidate }: RoleMinute, share: number): number {
    if (candidate.requests > 0) {
      this.live += live.requests;
      this.candidate += candidate.requests;
      this.quiet = 0;
      this.intervals = 0;
      return 0;
    }
    const before = this.expected(share) >= UNHEARD;
    this.quiet += live.requests;
    this.intervals += 1;
    if (this.expected(share) < UNHEARD) return 0;
    return before ? 1 : this.intervals;
  }

  /** Requests of the candidate that should have come meanwhile: by the plan's share, or by a smaller one that was recorded. */
  private expected(share: number): number {
    if (this.quiet === 0) return 0;
    const planned = share < 1 ? share / (1 - share) : Number.POSITIVE_INFINITY;
    const recorded = this.live > 0 ? this.candidate / this.live : planned;
    return this.quiet * Math.min(planned, recorded);
  }
}
