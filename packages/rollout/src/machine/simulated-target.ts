import type { Minute, Slot } from '../observations/minute.ts';
import type { Observations } from './observations.ts';
import { type Step, shareOf } from './step.ts';

export type Health = 'good' | 'bad' | 'missing';
export type Source = 'fine' | 'silent' | 'contradictory' | 'wrong-model';

/** A router and a metric source for tests: time passes, requests are served by the split that is set, and all can go wrong. */
export class SimulatedTarget {
  now = Date.UTC(2026, 0, 1);
  canaryPercent = 0;
  identity = 1;
  private readonly minutes: Minute[] = [];
  /** The metric source's clock is off by a few minutes. */
  private readonly skew = -170_000;

  pass(minutes: number, candidate: Slot, health: Health): void {
    for (let i = 0; i < minutes; i++) {
      const start = this.now + this.skew;
      this.now += 60_000;
      if (health === 'missing') continue;
      const canary = Math.round(600 * (this.canaryPercent / 100));
      const serve = (slot: Slot, requests: number) => ({
        requests,
        errors: slot === candidate && health === 'bad' ? Math.ceil(0.8 * requests) : 0,
      });
      this.minutes.push({
        start: Math.floor(start / 60_000) * 60_000,
        stable: serve('stable', 600 - canary),
        canary: serve('canary', canary),
      });
    }
  }

  restart(): void {
    this.identity += 1;
    this.canaryPercent = 0;
  }

  look(source: Source): Observations {
    const clock = this.now + this.skew;
    const minutes = this.minutes.slice(-2000);
    const wrong: Minute = {
      start: Math.floor(clock / 60_000) * 60_000 - 60_000,
      stable: { requests: 1, errors: 0 },
      canary: { requests: 1, errors: 2 },
    };
    return {
      clock: source === 'silent' ? null : clock,
      minutes:
        source === 'silent' ? [] : source === 'contradictory' ? [...minutes.slice(0, -1), wrong] : minutes,
      router: { identity: String(this.identity), canaryPercent: this.canaryPercent },
      ...(source === 'wrong-model' ? { mismatch: 'another model answers' } : {}),
    };
  }

  share(slot: Slot): number {
    return shareOf(slot, this.canaryPercent);
  }

  carryOut({ actions }: Pick<Step, 'actions'>): void {
    for (const action of actions) this.canaryPercent = action.canaryPercent;
  }
}
