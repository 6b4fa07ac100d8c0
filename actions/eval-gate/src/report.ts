import { version } from '@sluice/contract';
import { type GateOutcome, type GateReport, stopAdvice } from '@sluice/evaluation';
import { describeIdentity, type Identity } from '@sluice/record';
import {
  type Block,
  type Cell,
  formatNumber,
  type IntervalRow,
  type Report,
  type State,
} from '@sluice/report';
import type { Judgement } from './judge.ts';
import { agreementText, peopleBlocks } from './people-report.ts';
import type { Registered } from './register.ts';
import type { Trend } from './trend.ts';
import { variantsBlocks } from './variants-report.ts';

/** What a report says beside the decision. */
export interface About {
  readonly run: string;
  readonly registered: Registered | undefined;
  readonly trend: Trend | null;
  readonly identity: Identity | undefined;
}

const STATES: Readonly<Record<GateOutcome['decision'], State>> = {
  approve: 'pass',
  reject: 'fail',
  undecided: 'undecided',
};

/** The decision in one sentence, then each gate with its figures, then what it rests on. */
export function reportOf(judgement: Judgement, about: About): Report {
  const { report } = judgement;
  return {
    title: about.registered
      ? `Evaluation gate: ${version.format(about.registered.version)}`
      : 'Evaluation gate',
    verdict: { state: STATES[report.decision], sentence: report.sentence },
    blocks: [
      gatesTable(report),
      ...intervals(report),
      ...variantsBlocks(judgement),
      ...peopleBlocks(judgement),
      ...power(judgement),
      ...comparability(report),
      ...trend(about.trend),
      ...changed(judgement),
      facts(judgement, about),
      ...notes(report),
    ],
  };
}

function gatesTable({ gates, confidence }: GateReport): Block {
  const cell = (value: number | null): Cell => (value === null ? '–' : value);
  const agreeing = gates.some((gate) => gate.agreement);
  return {
    type: 'table',
    columns: [
      'Gate',
      'Decision',
      'Candidate',
      'Baseline',
      'Estimate',
      `${interval(confidence)} interval`,
      'Items',
      ...(agreeing ? ['Agreement with people'] : []),
      'Test',
      'Why',
    ],
    rows: gates.map((gate) => [
      gate.name,
      gate.decision,
      cell(gate.candidate),
      cell(gate.baseline),
      cell(gate.estimate),
      gate.interval ? `${formatNumber(gate.interval.lower)} to ${formatNumber(gate.interval.upper)}` : '–',
      gate.n,
      ...(agreeing ? [gate.agreement ? agreementText(gate.agreement) : '–'] : []),
      gate.test,
      gate.reason,
    ]),
    caption: `Each proof is one-sided at ${formatNumber(1 - confidence)}. An approve needs every gate, so none is corrected; a reject is corrected by Holm over all tested gates.`,
  };
}

const interval = (confidence: number): string => `${Number((100 * (2 * confidence - 1)).toFixed(2))} %`;

function intervals({ gates, confidence }: GateReport): Block[] {
  const rows = (compared: boolean): IntervalRow[] =>
    gates.flatMap((gate) =>
      gate.interval && gate.estimate !== null && (gate.baseline !== null) === compared
        ? [
            {
              label: gate.name,
              estimate: gate.estimate,
              low: gate.interval.lower,
              high: gate.interval.upper,
              threshold: gate.threshold,
              state: STATES[gate.decision],
            },
          ]
        : [],
    );
  return [
    ['Difference from the baseline', rows(true)] as const,
    ['Figures of the candidate', rows(false)] as const,
  ].flatMap(([title, list]): Block[] =>
    list.length > 0
      ? [
          {
            type: 'chart',
            kind: 'intervals',
            title: `${title}, ${interval(confidence)} intervals`,
            rows: list,
          },
        ]
      : [],
  );
}

function power({ report, seconds, stopped }: Judgement): Block[] {
  const rows = report.gates.filter((gate) => gate.power !== null);
  if (rows.length === 0) return [];
  const perItem = seconds === null ? null : seconds / Math.max(1, ...report.gates.map((gate) => gate.n));
  const cost = (items: number | null | undefined): Cell =>
    items == null
      ? '–'
      : perItem === null
        ? items
        : `${items} (${formatNumber((items * perItem) / 60)} minutes)`;
  const table: Block = {
    type: 'table',
    columns: [
      'Gate',
      'Smallest difference shown',
      'Smallest margin proven',
      'Chance to prove it if nothing changed',
      'Items that would decide it',
    ],
    rows: rows.map(({ name, power: p, decision }) => [
      name,
      p?.detectable ?? '–',
      p?.provable ?? '–',
      p?.chance == null ? '–' : `${formatNumber(100 * p.chance)} %`,
      decision === 'undecided' ? cost(p?.itemsNeeded) : '–',
    ]),
    caption: 'What this data set can show, with a power of 80 % unless the gates say another.',
  };
  const advice = stopped ? null : stopAdvice(report);
  const said: Block[] = advice === null ? [] : [{ type: 'paragraph', text: advice }];
  const joint = report.jointPower;
  if (!joint) return [{ type: 'details', summary: 'What this data set can show', blocks: [table, ...said] }];
  const sentence = `Chance that all gates to be proven are proven at once when nothing changed: ${formatNumber(100 * joint.independent)} % if they are independent, ${formatNumber(100 * joint.atLeast)} % at least.`;
  return [
    {
      type: 'details',
      summary: 'What this data set can show',
      blocks: [table, { type: 'paragraph', text: sentence }, ...said],
    },
  ];
}

function comparability({ comparability: c }: GateReport): Block[] {
  if (c.comparable) return [];
  const first = c.firstDifference === null ? [] : [`First item that differs: ${c.firstDifference}`];
  return [
    { type: 'heading', text: 'Not comparable with the baseline' },
    ...[...c.reasons, ...first].map((text): Block => ({ type: 'paragraph', text })),
  ];
}

function trend(found: Trend | null): Block[] {
  if (!found) return [];
  const rows = found.versions.map((name, i): Cell[] => [
    name,
    ...found.series.map((s): Cell => s.values[i] ?? '–'),
  ]);
  return [
    {
      type: 'chart',
      kind: 'line',
      title: `The last versions: ${found.versions.join(', ')}`,
      x: 'number',
      xLabel: 'version',
      series: found.series.map((s) => ({
        name: s.name,
        points: s.values.flatMap((y, x) => (y === null ? [] : [{ x, y }])),
      })),
    },
    {
      type: 'details',
      summary: 'The last versions in figures',
      blocks: [{ type: 'table', columns: ['Version', ...found.series.map((s) => s.name)], rows }],
    },
  ];
}

function changed({ changed: found }: Judgement): Block[] {
  if (!found) return [];
  return [
    {
      type: 'details',
      summary: `The ${found.items.length} items whose ${found.metric} changed most`,
      blocks: [
        {
          type: 'table',
          columns: ['Input', 'Target', 'Baseline', 'Score', 'Candidate', 'Score'],
          rows: found.items.map((item) => [
            cut(item.input),
            cut(item.target),
            cut(item.baselineAnswer),
            item.baselineScore,
            cut(item.candidateAnswer),
            item.candidateScore,
          ]),
        },
      ],
    },
  ];
}

const cut = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

function facts(
  { candidate, baseline, gatesFile, claimed, seconds, stopped, cached }: Judgement,
  { run, identity, registered }: About,
): Block {
  const source = (results: Judgement['candidate']): string => {
    const program = results.evaluator.version
      ? `${results.evaluator.name} ${results.evaluator.version}`
      : results.format;
    return `${results.source} (${program}${results.model ? `, ${results.model}` : ''})`;
  };
  const all: [string, Cell | undefined][] = [
    ['Run', run],
    [
      'Judged',
      identity
        ? describeIdentity(identity)
        : 'the results alone: no model digest is known, so this unlocks no image',
    ],
    ['Candidate', source(candidate)],
    ['Baseline', baseline ? source(baseline) : 'none'],
    ['Gates', gatesFile],
    [
      'Results',
      claimed
        ? 'claimed: not made by this step on bytes that it checked'
        : 'made by this step on bytes that it checked',
    ],
    [
      'Evaluated',
      stopped
        ? `${stopped.used} of ${stopped.items} items, stopped at look ${stopped.look.look} of ${stopped.look.looks} (${stopped.look.method})`
        : undefined,
    ],
    ['Evaluation', cached ? `taken from before: ${cached.sentence}` : undefined],
    ['Evaluation took', seconds === null ? undefined : `${formatNumber(seconds)} s`],
    ['Registered', registered && `${version.format(registered.version)} (${registered.registryVersion})`],
  ];
  return {
    type: 'facts',
    facts: all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  };
}

function notes({ notes: list }: GateReport): Block[] {
  return list.length === 0
    ? []
    : [
        {
          type: 'details',
          summary: 'Notes on the data',
          blocks: list.map((text): Block => ({ type: 'paragraph', text })),
        },
      ];
}
