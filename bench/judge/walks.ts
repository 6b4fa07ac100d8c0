import { parsePlan, type WalkEnd } from '@sluice/rollout';
import { Generator } from '@sluice/statistics';
import type { Contender, Served } from './contender.ts';
import { PLAN, type Scenario } from './scenario.ts';
import { Traffic } from './traffic.ts';

/** How one walk ended, and what the candidate served from the fault on. */
export interface Outcome {
  readonly decision: WalkEnd['decision'];
  readonly minute: number;
  readonly exposed: number;
}

const STAGES = parsePlan(PLAN);

/** The walks `from` to `to` of a cell; each has a seed of its own, so they may be done anywhere and in any order. */
export function walks(
  contender: Contender,
  scenario: Scenario,
  rate: number,
  { seed, look, from, to }: { seed: number; look: number; from: number; to: number },
): Outcome[] {
  const begins = scenario.fault ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: to - from }, (_, i) => {
    const random = Generator.fromSeed(seed * 1_000_003 + from + i);
    const traffic = new Counted(new Traffic(scenario, rate, random), begins);
    const { decision, minute } = seenAt(look, contender.run(traffic, rate, random), traffic);
    return { decision, minute, exposed: traffic.exposed };
  });
}

/** A rollback is carried out at the next look; until then the candidate goes on serving. */
function seenAt(look: number, end: WalkEnd, traffic: Counted): WalkEnd {
  if (end.decision !== 'rollback') return end;
  const minute = Math.ceil(end.minute / look) * look;
  const share = (STAGES[end.stage - 1]?.percent ?? 100) / 100;
  for (let t = end.minute; t < minute; t++) traffic.minute(t, share);
  return { ...end, minute };
}

/** Counts what the candidate served since the fault began. */
class Counted implements Served {
  exposed = 0;
  private readonly traffic: Traffic;
  private readonly from: number;

  constructor(traffic: Traffic, from: number) {
    this.traffic = traffic;
    this.from = from;
  }

  history() {
    return this.traffic.history();
  }

  minute(t: number, share: number) {
    const minute = this.traffic.minute(t, share);
    if (t >= this.from) this.exposed += minute.candidate.requests;
    return minute;
  }
}
