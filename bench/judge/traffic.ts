import { boundsAround, drawCounts, drawMinute, type RoleMinute } from '@sluice/rollout';
import { drawBinomial, type Generator } from '@sluice/statistics';
import { P99, type Scenario, SIGMA, type Users, type World } from './scenario.ts';

const BOUNDS = boundsAround(P99);
const NOBODY: RoleMinute['candidate'] = { requests: 0, errors: 0 };
const OWN = 0.001;
const BAD = 0.199;

/** What both versions serve in minute `t` of the plan, or of the week before where `t` is negative. */
export class Traffic {
  private readonly random: Generator;
  private readonly world: World;
  private readonly perMinute: number;
  private readonly wide: boolean;

  constructor(scenario: Scenario, rate: number, random: Generator) {
    this.random = random;
    this.world = scenario.draw(random, rate);
    this.perMinute = 60 * rate;
    this.wide = scenario.wide ?? false;
  }

  /** The week before, oldest first; what users did in it stands in its last minute. */
  history(): RoleMinute[] {
    const { history, users } = this.world;
    const minutes: RoleMinute[] = [];
    for (let t = -history.length; t < 0; t++) minutes.push(this.wide ? this.minute(t, 0) : this.plain(t));
    if (!users) return minutes;
    const last = minutes.length - 1;
    const newest = minutes[last] as RoleMinute;
    minutes[last] = { ...newest, live: { ...newest.live, users: this.week(users) } };
    return minutes;
  }

  /** A week's requests and errors of each percent of the users. */
  private week({ bad, count }: Users): Record<number, { requests: number; errors: number }> {
    const groups: Record<number, { requests: number; errors: number }> = {};
    for (let g = 0; g < 100; g++) {
      const here = bad.filter((b) => Math.floor(100 * b) === g).length;
      const requests = Math.round((this.perMinute * 7 * 1440) / 100);
      const share = OWN + (BAD * here) / Math.max(1, count / 100);
      groups[g] = { requests, errors: drawBinomial(this.random, requests, Math.min(1, share)) };
    }
    return groups;
  }

  minute(t: number, share: number): RoleMinute {
    const { world, random } = this;
    let [live, candidate] =
      t < 0 ? [this.past(t), this.past(t)] : [world.live[t] as number, world.candidate[t] as number];
    if (world.users && t >= 0) {
      const inside = world.users.bad.filter((b) => b < share).length;
      const served = Math.max(1, world.users.count * share);
      candidate = OWN + (BAD * inside) / served;
      live = OWN + (BAD * (world.users.bad.length - inside)) / Math.max(1, world.users.count - served);
    }
    const law = (times: number) => (this.wide ? { latency: { p99: P99 * times, sigma: SIGMA } } : {});
    const drawn = drawMinute(
      random,
      t * 60_000,
      this.perMinute * world.load(t),
      share,
      { errorShare: live, ...law(1) },
      { errorShare: Math.min(1, candidate), ...law(t < 0 ? 1 : world.latencyTimes(t)) },
      this.wide ? BOUNDS : [],
    );
    if (!this.wide) return drawn;
    const invalid = (n: number, p: number) => ({ invalid: drawBinomial(random, n, p) });
    return {
      start: drawn.start,
      live: { ...drawn.live, ...invalid(drawn.live.requests, 0.001) },
      candidate: {
        ...drawn.candidate,
        ...invalid(drawn.candidate.requests, t < 0 ? 0.001 : world.invalid(t)),
      },
    };
  }

  /** A minute before the rollout: {@link minute} of a candidate that serves nothing and of errors alone, which draws the same numbers. */
  private plain(t: number): RoleMinute {
    const mean = this.perMinute * this.world.load(t);
    return {
      start: t * 60_000,
      live: drawCounts(this.random, mean, { errorShare: this.past(t) }, []),
      candidate: NOBODY,
    };
  }

  private past(t: number): number {
    return this.world.history[this.world.history.length + t] as number;
  }
}
