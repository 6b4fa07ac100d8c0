import type { GateOutcome } from '@sluice/evaluation';
import { type Block, type Cell, formatInterval, formatNumber } from '@sluice/report';
import type { Judgement } from '../judge.ts';
import { agreementText } from '../people-report.ts';
import { badge } from './words.ts';

/** Each gate with its figures; the slices of one gate stand below it. */
export function gatesTable({ report, gates: document }: Judgement): Block {
  const { gates, confidence } = report;
  const agreeing = gates.some((gate) => gate.agreement);
  const rows = [...Map.groupBy(gates, (gate) => gate.gate)].flatMap(([index, group]): Cell[][] => {
    const figures = (gate: GateOutcome): Cell[] => [
      badge(gate.decision),
      gate.candidate ?? '–',
      gate.baseline ?? '–',
      gate.baseline === null ? '–' : signed(gate.estimate),
      gate.interval ? formatInterval(gate.interval.lower, gate.interval.upper, ' to ') : '–',
      gate.n === 0 ? '–' : gate.n,
      ...(agreeing ? [gate.agreement ? agreementText(gate.agreement) : '–'] : []),
    ];
    const sliced = group.every((gate) => gate.slice !== null);
    if (!sliced) return group.map((gate) => [gate.name, ...figures(gate)]);
    const per = document.gates[index]?.per ?? 'slice';
    const approved = group.filter((gate) => gate.decision === 'approve').length;
    return [
      [[{ strong: whole(group[0] as GateOutcome) }], `${approved} of ${group.length}`],
      ...group.map((gate): Cell[] => [`\u2003${per} ${gate.slice}`, ...figures(gate)]),
    ];
  });
  return {
    type: 'table',
    columns: [
      'Gate',
      'Decision',
      'Candidate',
      'Baseline',
      'Difference',
      `${interval(confidence)} interval`,
      'Items',
      ...(agreeing ? ['Agreement with people'] : []),
    ],
    rows,
    note: `The interval is of the difference where there is one, else of the candidate's figure. Each proof is one-sided at ${formatNumber(1 - confidence)}; an approve needs every gate, so none is corrected, and a reject is corrected by Holm over all tested gates.`,
  };
}

/** What stands in the way, gate by gate; nothing where all hold. */
export function openGates({ report }: Judgement): Block[] {
  const open = report.gates.filter((gate) => gate.decision !== 'approve');
  if (open.length === 0) return [];
  // slices that say the same are one row
  const alike = Map.groupBy(open, (gate) => JSON.stringify([gate.gate, gate.decision, gate.reason])).values();
  return [
    { type: 'heading', text: 'What stands in the way' },
    {
      type: 'table',
      columns: ['Gate', 'Decision', 'Why'],
      rows: [...alike].map((group): Cell[] => {
        const [first] = group as [GateOutcome];
        const name =
          group.length === 1 ? first.name : `${whole(first)} [${group.map((g) => g.slice).join(', ')}]`;
        return [name, badge(first.decision), first.reason];
      }),
    },
  ];
}

/** How each gate was tested, in the words of the test. */
export function testsTable({ report }: Judgement): Block {
  return {
    type: 'details',
    summary: 'How each gate was tested',
    blocks: [
      {
        type: 'table',
        columns: ['Gate', 'Test', 'Result'],
        rows: report.gates.map((gate) => [gate.name, gate.test, gate.reason]),
      },
    ],
  };
}

export const interval = (confidence: number): string =>
  `${Number((100 * (2 * confidence - 1)).toFixed(2))} %`;

const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${formatNumber(value)}`;

/** The name of a slice's gate, without the slice. */
const whole = ({ name }: GateOutcome): string => name.replace(/ \[[^[]*\]$/, '');
