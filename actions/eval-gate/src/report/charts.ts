import type { GateOutcome } from '@sluice/evaluation';
import type { Block, IntervalRow } from '@sluice/report';
import type { Judgement } from '../judge.ts';
import type { Trend } from '../trend.ts';
import { interval } from './gates.ts';
import { metricName, STATES, shortName } from './words.ts';

/** Forest plots: differences from the baseline on one scale a metric, then the candidate's own figures. */
export function intervalCharts({ report, gates: document }: Judgement): Block[] {
  const { gates, confidence } = report;
  const drawn = gates.filter((gate) => gate.interval && gate.estimate !== null);
  const row = (gate: GateOutcome): IntervalRow => ({
    label: shortName(gate, document.gates[gate.gate]),
    estimate: gate.estimate as number,
    low: gate.interval?.lower ?? Number.NEGATIVE_INFINITY,
    high: gate.interval?.upper ?? Number.POSITIVE_INFINITY,
    threshold: gate.threshold,
    state: STATES[gate.decision],
  });
  const chart = (title: string, list: readonly GateOutcome[]): Block[] =>
    list.length === 0
      ? []
      : [
          {
            type: 'chart',
            kind: 'intervals',
            title: `${title}, ${interval(confidence)} intervals; dashed: the bound`,
            rows: list.map(row),
          },
        ];
  const compared = Map.groupBy(
    drawn.filter((gate) => gate.baseline !== null),
    (gate) => metricName(gate.metric),
  );
  // figures of different metrics have no scale in common
  const own = Map.groupBy(
    drawn.filter((gate) => gate.baseline === null),
    (gate) => metricName(gate.metric),
  );
  return [
    ...[...compared].flatMap(([metric, list]) => chart(`Difference from the baseline in ${metric}`, list)),
    ...[...own].flatMap(([metric, list]) => chart(metric, list)),
  ];
}

/** Each metric over the versions that were registered, with its bound. */
export function trendChart(found: Trend | null, { report }: Judgement): Block[] {
  if (!found) return [];
  return [
    { type: 'heading', text: 'The last versions' },
    {
      type: 'chart',
      kind: 'trend',
      title: `From ${found.versions[0]} to this candidate; dashed: the bound`,
      names: found.versions,
      series: found.series.map(({ name, values }) => {
        const gate = report.gates.find((g) => g.metric === name && g.baseline === null && g.slice === null);
        return {
          name: metricName(name),
          values,
          ...(gate ? { threshold: gate.threshold } : {}),
        };
      }),
    },
  ];
}
