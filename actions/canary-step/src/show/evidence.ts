import { inWords } from '@sluice/contract';
import type { Block, LineSeries } from '@sluice/report';
import {
  compareOf,
  comparison,
  comparisonSentence,
  metricsOf,
  notesOf,
  parsePlan,
  type Rollout,
  type TrailPoint,
} from '@sluice/rollout';

/** The plan with where it stands, the evidence of each guard over time, and the figures it rests on. */
export function evidenceOf(rollout: Rollout): Block[] {
  return [
    { type: 'heading', text: 'Plan' },
    { type: 'flow', steps: stepsOf(rollout) },
    ...compared(rollout),
    ...overTime(rollout.trail ?? []),
    ...guardsOf(rollout),
    ...figuresOf(rollout),
  ];
}

function stepsOf({ plan, stage, phase }: Rollout) {
  const over = phase === 'complete' || phase === 'watched';
  return parsePlan(plan).map(({ percent, soakMs }, i) => ({
    label: `${percent} % for ${inWords(soakMs)}`,
    state:
      over || i < stage
        ? ('done' as const)
        : i > stage
          ? ('pending' as const)
          : phase === 'rolled-back'
            ? ('failed' as const)
            : ('current' as const),
  }));
}

/** How the versions of an A/B test compare, valid at any look. */
function compared(rollout: Rollout): Block[] {
  const compare = compareOf(rollout);
  if (!compare || !rollout.comparison) return [];
  const found = comparison(rollout.comparison, compare);
  const times = compare.metric.startsWith('score:') ? 1 : 100;
  return [
    { type: 'heading', text: 'A/B test' },
    { type: 'paragraph', text: comparisonSentence(found) },
    {
      type: 'chart',
      kind: 'intervals',
      title: `New version less live version, ${100 * found.confidence} % at all looks together`,
      ...(times === 100 ? { unit: '%' } : {}),
      rows: [
        {
          label: found.metric,
          estimate: times * found.difference,
          low: times * found.low,
          high: times * found.high,
          threshold: 0,
          state: found.better === 'candidate' ? 'pass' : found.better === 'live' ? 'fail' : 'undecided',
        },
      ],
    },
  ];
}

/** One line a guard, drawn so that all act at 1; below it the share of the users, on its own scale. */
function overTime(trail: readonly TrailPoint[]): Block[] {
  if (trail.length < 2) return [];
  const names = [...new Set(trail.flatMap(({ guards }) => Object.keys(guards)))].filter(
    (name) =>
      // a guard whose figures nobody measured stays at 0 and would only hide the others; errors are always counted
      name === 'errors' || trail.some(({ guards }) => guards[name]),
  );
  const series: LineSeries[] = names.map((name) => ({
    name,
    points: trail.flatMap(({ at, guards }) =>
      guards[name] === undefined ? [] : [{ x: at, y: guards[name] }],
    ),
  }));
  return [
    { type: 'heading', text: 'Evidence against the new version' },
    ...(series.length === 0
      ? []
      : [
          {
            type: 'chart',
            kind: 'line',
            title: 'Evidence of each guard, as a share of what it takes to roll back',
            x: 'time',
            series,
            thresholds: [{ label: 'rolls back', y: 1 }],
          } as const,
        ]),
    {
      type: 'details',
      summary: 'Share of the users over time',
      blocks: [
        {
          type: 'chart',
          kind: 'line',
          title: 'Users at the new version',
          unit: '%',
          x: 'time',
          series: [{ name: 'share', points: stairs(trail) }],
        },
      ],
    },
  ];
}

/** A share holds until it is moved. */
function stairs(trail: readonly TrailPoint[]): { readonly x: number; readonly y: number }[] {
  return trail.flatMap(({ at, weight }, i) => {
    const before = trail[i - 1];
    return before && before.weight !== weight
      ? [
          { x: at, y: before.weight },
          { x: at, y: weight },
        ]
      : [{ x: at, y: weight }];
  });
}

function guardsOf({ readings, evidence }: Rollout): Block[] {
  const notes = notesOf(evidence).map((text) => ({ type: 'paragraph', text }) as const);
  if (readings.length === 0) return notes.length > 0 ? [{ type: 'heading', text: 'Guards' }, ...notes] : [];
  return [
    { type: 'heading', text: 'Guards' },
    {
      type: 'table',
      columns: ['guard', 'evidence', 'acts at', 'reading'],
      rows: readings.map((r) => [r.guard, settled(r.value), r.threshold, r.text]),
    },
    ...notes,
  ];
}

/** What no request has moved yet is 0 but for the arithmetic. */
const settled = (value: number) => (Math.abs(value) < 1e-9 ? 0 : value);

function figuresOf({ totals }: Rollout): Block[] {
  const [live, candidate] = [metricsOf(totals.live), metricsOf(totals.candidate)];
  const names = [...new Set([...Object.keys(live), ...Object.keys(candidate)])];
  return [
    { type: 'heading', text: 'Figures of this stage' },
    {
      type: 'table',
      columns: ['figure', 'live version', 'new version'],
      rows: names.map((n) => [n, live[n] ?? 'not measured', candidate[n] ?? 'not measured']),
    },
  ];
}
