import { duration } from '@sluice/contract';
import type { Alarm } from '../judge/judge.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { SequentialPolicy } from '../policy/policy.ts';

/** Intervals in a row in which a figure of the candidate's devices was over its limit and the live version's was not. */
export interface GaugeEvidence {
  readonly memory: number;
  readonly utilisation: number;
}

export const NO_GAUGES: GaugeEvidence = { memory: 0, utilisation: 0 };

const gauges = ['memory', 'utilisation'] as const;

/** How many intervals in a row trip a guard. */
export const rowsNeeded = (length: string, interval: string): number =>
  Math.max(1, Math.ceil(duration.parse(length) / duration.parse(interval)));

/** One more interval; one without the figure neither counts nor breaks a row. */
export function takeGauges(
  before: GaugeEvidence,
  { live, candidate }: RoleMinute,
  policy: SequentialPolicy,
): { gauges: GaugeEvidence; alarm: Alarm | null } {
  const after = { ...before };
  let alarm: Alarm | null = null;
  for (const name of gauges) {
    const rule = policy[`gpu-${name}`];
    const mine = candidate.gpu?.[name];
    if (!rule || mine === undefined) continue;
    const its = live.gpu?.[name] ?? 0;
    after[name] = mine > rule.above && its <= rule.above ? before[name] + 1 : 0;
    if (after[name] >= rowsNeeded(rule.for, policy.interval))
      alarm ??= {
        guard: `gpu-${name}`,
        reason: `${mine} % of the GPU's ${name === 'memory' ? 'memory' : 'time'}, over ${rule.above} % for ${rule.for}, the live version ${live.gpu?.[name] === undefined ? 'is not measured' : `at ${its} %`}`,
      };
  }
  return { gauges: after, alarm };
}
