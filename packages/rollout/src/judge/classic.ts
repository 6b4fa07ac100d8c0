import { duration } from '@sluice/contract';
import { quantile, type RoleMinute } from '../observations/minute.ts';
import type { ClassicPolicy } from '../policy/policy.ts';
import type { Alarm, GuardReading, Judge } from './judge.ts';
import { addTotals, NOTHING, type Totals } from './totals.ts';

/** Intervals in a row that broke each limit. `baseline` is the live version before the rollout. */
export interface ClassicEvidence {
  readonly kind: 'classic';
  readonly failing: number;
  readonly slow: number;
  readonly baseline: Totals;
}

/**
 * The documents' own rule: more than 1 % errors in 5 consecutive minutes of metric time, or a P99 over 200 % of the baseline's for
 * as long. Minutes with too few requests of the candidate are skipped: they neither count nor break a row. The baseline's P99 is
 * that of the same minute, or where the live version served too little then, the one frozen from before the rollout.
 * It bounds no false alarms; `sequential` does.
 */
export function classicJudge(policy: ClassicPolicy): Judge<ClassicEvidence> {
  const { errors, latency } = policy;
  const rows = (length: string) =>
    Math.max(1, Math.ceil(duration.parse(length) / duration.parse(policy.interval)));
  const [errorRows, slowRows] = [rows(errors.for), rows(latency.for)];

  const failing = ({ candidate }: RoleMinute, row: number) => {
    if (candidate.requests < errors['min-requests'] || candidate.requests === 0) return row;
    return (100 * candidate.errors) / candidate.requests > errors.above ? row + 1 : 0;
  };

  const slow = ({ candidate, live }: RoleMinute, row: number, frozen: Totals) => {
    const enough = latency['min-requests'];
    if (!candidate.latency || candidate.requests < enough) return row;
    const beside = live.latency && live.requests >= enough;
    const base = beside
      ? quantile(0.99, live.latency, live.requests)
      : frozen.latency && frozen.requests >= enough
        ? quantile(0.99, frozen.latency, frozen.requests)
        : undefined;
    const p99 = quantile(0.99, candidate.latency, candidate.requests);
    if (base === undefined || p99 === undefined || !Number.isFinite(base)) return row;
    return p99 > latency.times * base ? row + 1 : 0;
  };

  return {
    begin: (history) => ({
      kind: 'classic',
      failing: 0,
      slow: 0,
      baseline: history.reduce((sum, m) => addTotals(sum, m.live), NOTHING),
    }),
    observe(evidence, minutes) {
      let { failing: f, slow: s } = evidence;
      let alarm: Alarm | null = null;
      for (const minute of minutes) {
        f = failing(minute, f);
        s = slow(minute, s, evidence.baseline);
        if (f >= errorRows)
          alarm ??= {
            guard: 'errors',
            reason: `more than ${errors.above} % errors in ${f} consecutive intervals of ${policy.interval}`,
          };
        if (s >= slowRows)
          alarm ??= {
            guard: 'latency',
            reason: `P99 over ${latency.times} times the baseline's in ${s} consecutive intervals of ${policy.interval}`,
          };
      }
      return { evidence: { ...evidence, failing: f, slow: s }, alarm };
    },
    readings: ({ failing: f, slow: s }): GuardReading[] => [
      {
        guard: 'errors',
        value: f,
        threshold: errorRows,
        text: `intervals in a row with more than ${errors.above} % errors`,
      },
      {
        guard: 'latency',
        value: s,
        threshold: slowRows,
        text: `intervals in a row with a P99 over ${latency.times} times the baseline's`,
      },
    ],
    doubt: () => undefined,
    unproven: () => undefined,
  };
}
