import {
  equalLooks,
  lanDeMetsBounds,
  likelyBets,
  normalCdf,
  type PairedCounts,
  pairedEvidence,
  tangoInterval,
  tangoStatistic,
} from '@sluice/statistics';
import type { Test, TestOptions } from '../gates/tests/test.ts';

/** How the items are looked at before all of them are evaluated. */
export type StopMethod = 'planned-looks' | 'when-decided';

/** One look at the items so far. */
export interface Look {
  readonly method: StopMethod;
  /** From 1. */
  readonly look: number;
  readonly looks: number;
}

/** Into how many equal parts the items are cut. Planned looks cost power each, looks at any time only the start of a program. */
export const LOOKS: Readonly<Record<StopMethod, number>> = { 'planned-looks': 10, 'when-decided': 20 };

/**
 * Paired 0/1 scores of a random part of the items, at one of several looks. `planned-looks` compares Tango's statistic with
 * Lan-DeMets bounds that spend alpha over ten looks; `when-decided` bets on the items (a confidence sequence), which holds
 * at any look. The plain test of all items may not be used beside either: that would spend alpha twice.
 */
export function sharesAtLook(counts: PairedCounts, look: Look, { alpha, family }: TestOptions): Test {
  return look.method === 'planned-looks'
    ? planned(counts, look, alpha, family)
    : anyLook(counts, alpha, family);
}

/** What makes a decision at a level: 1 where it is not reached, else that level. */
function levels(reached: (level: number) => boolean, alpha: number, family: number): number {
  if (reached(alpha / family)) return alpha / family;
  return reached(alpha) ? alpha : 1;
}

const known = new Map<string, readonly number[]>();

/** Lan-DeMets bounds take a numerical integration, so those of a level are kept. */
function boundsOf(looks: number, level: number): readonly number[] {
  const key = `${looks} ${level}`;
  const bounds = known.get(key) ?? lanDeMetsBounds(equalLooks(looks), level);
  known.set(key, bounds);
  return bounds;
}

function planned(counts: PairedCounts, { look, looks }: Look, alpha: number, family: number): Test {
  const boundAt = (level: number): number => boundsOf(looks, level)[look - 1] as number;
  const own = boundAt(alpha);
  return {
    ...about(counts),
    name: `Tango at look ${look} of ${looks}, Lan-DeMets bound ${Number.isFinite(own) ? own.toFixed(2) : 'none yet'}`,
    interval: Number.isFinite(own) ? tangoInterval(counts, 2 * normalCdf(own) - 1) : { lower: -1, upper: 1 },
    above: (bound) => levels((level) => tangoStatistic(counts, bound) >= boundAt(level), alpha, family),
    below: (bound) => levels((level) => tangoStatistic(counts, bound) <= -boundAt(level), alpha, family),
  };
}

function anyLook(counts: PairedCounts, alpha: number, family: number): Test {
  const shown = (delta: number, level: number): boolean => evidence(counts, delta) >= Math.log(1 / level);
  const mirrored = { items: counts.items, gains: counts.losses, losses: counts.gains };
  const above = (bound: number, level: number): boolean => shown(bound, level);
  const below = (bound: number, level: number): boolean => evidence(mirrored, -bound) >= Math.log(1 / level);
  const { estimate } = about(counts);
  return {
    ...about(counts),
    name: `betting on ${counts.items} items, valid at any look`,
    // eighty evaluations, so only where it is looked at
    get interval() {
      return {
        lower: edge((delta) => above(delta, alpha), -1, estimate),
        upper: -edge((delta) => below(-delta, alpha), -1, -estimate),
      };
    },
    above: (bound) => levels((level) => above(bound, level), alpha, family),
    below: (bound) => levels((level) => below(bound, level), alpha, family),
  };
}

/** ln of the evidence that the difference is above `delta`. */
function evidence(counts: PairedCounts, delta: number): number {
  if (delta <= -1) return Number.POSITIVE_INFINITY;
  if (delta > 0) {
    // above a gain: the mirror image of "below" at a margin
    return delta >= 1
      ? 0
      : pairedEvidence({ ...counts, gains: counts.losses, losses: counts.gains }, delta, likelyBets)
          .logReject;
  }
  return pairedEvidence(counts, -delta, likelyBets).logApprove;
}

/** The largest delta for which something that is true at `low` still is. */
function edge(holds: (delta: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let i = 0; i < 40; i++) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return from;
}

function about({ items, gains, losses }: PairedCounts): Pick<Test, 'kind' | 'estimate' | 'itemVariance'> {
  const estimate = (gains - losses) / items;
  return { kind: 'test', estimate, itemVariance: (gains + losses) / items - estimate ** 2 };
}
