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

/** Three digits tell a line in a picture. */
const short = (value: number) => Number(Math.max(-1, Math.min(value, 10)).toPrecision(3));

/** The trail with one more look. A long one loses every second point, never the newest. */
export function trailed(
  trail: readonly TrailPoint[],
  at: number,
  weight: number,
  readings: readonly GuardReading[],
): readonly TrailPoint[] {
  const guards = Object.fromEntries(
    readings.flatMap(({ guard, value, threshold }) =>
      threshold > 0 && Number.isFinite(value) ? [[guard, short(value / threshold)]] : [],
    ),
  );
  const next = [...trail, { at, weight, guards }];
  return next.length <= LONGEST ? next : next.filter((_, i) => (next.length - 1 - i) % 2 === 0);
}
