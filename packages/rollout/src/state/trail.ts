import type { GuardReading } from '../judge/judge.ts';

/** Where every guard stood at one look: for reports, never for a decision. */
export interface TrailPoint {
  /** Through when the figures were judged, ms epoch by the metric source's clock. */
  readonly at: number;
  /** The candidate's share in percent then. */
  readonly weight: number;
  /** The evidence of each guard as a share of what it acts at: 1 takes the candidate back. */
  readonly guards: Readonly<Record<string, number>>;
}

/** Points that a state keeps: it has to fit into an annotation. */
const LONGEST = 80;

/** A thousandth is less than a picture shows. */
const short = (value: number) => Math.round(Math.max(-1, Math.min(value, 10)) * 1000) / 1000 || 0;

/** The trail with one more look. A long one loses every second point, never the newest. */
export function trailed(
  trail: readonly TrailPoint[],
  at: number,
  weight: number,
  readings: readonly GuardReading[],
): readonly TrailPoint[] {
  const guards: Record<string, number> = {};
  for (const { guard, value, threshold } of readings) {
    if (!(threshold > 0) || !Number.isFinite(value)) continue;
    // a guard that is judged in several ways acts at the first that gets there
    guards[guard] = Math.max(guards[guard] ?? -1, short(value / threshold));
  }
  const next = [...trail, { at, weight, guards }];
  return next.length <= LONGEST ? next : next.filter((_, i) => (next.length - 1 - i) % 2 === 0);
}
