import { duration } from '@sluice/contract';
import { type Baseline, formatPlan, type Plan, type Policy, type Rehearsal } from '@sluice/rollout';
import { columns, wrap } from '../help/layout.ts';

const share = (x: number) => `${Number((100 * x).toFixed(2))} %`;
const span = (minutes: number) => duration.format(Math.round(minutes) * 60_000);

/** A rehearsal for people: the sentence first, then stages and faults. */
export function asText(
  result: Rehearsal,
  {
    plan,
    policy,
    rate,
    baseline,
    width,
  }: { plan: Plan; policy: Policy; rate: number; baseline: Baseline; width: number },
): string {
  const { falseRollbacks: wrong, completes } = result;
  const lines = [
    `${formatPlan(plan)} under ${policy.kind}, ${Number(rate.toFixed(2))} requests/s, ${share(baseline.errorShare)} usual errors, ${result.runs} walks`,
    '',
    ...columns(
      [
        [
          'an unchanged version completes',
          `${share(completes.share)}${completes.minutes ? `, in ${span(completes.minutes.median)} (P90 ${span(completes.minutes.p90)})` : ''}`,
        ],
        ['and is rolled back', `${share(wrong.share)} (at most ${share(wrong.upper)}, 95 %)`],
      ],
      width,
    ),
    '',
    'Stages',
    ...columns(
      result.stages.map((s): [string, string] => [
        `${s.percent} % for ${duration.format(s.soakMs)}`,
        `${s.decides ? 'can decide' : 'CANNOT DECIDE'}: ${s.reason}`,
      ]),
      width,
    ),
    '',
    'Faults',
    ...columns(
      result.faults.map((f): [string, string] => [
        f.fault.name,
        f.delay && f.exposed
          ? `found ${share(f.found)}, after ${span(f.delay.median)} (P90 ${span(f.delay.p90)}), ${Math.round(f.exposed.median)} requests exposed${f.promoted > 0 ? `; ${share(f.promoted)} complete with it` : ''}`
          : `never found; ${share(f.promoted)} complete with it`,
      ]),
      width,
    ),
    '',
    ...(result.proposal ? [`A plan whose stages can decide: ${formatPlan(result.proposal)}`, ''] : []),
    ...result.notes.flatMap((note) => wrap(note, width)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
