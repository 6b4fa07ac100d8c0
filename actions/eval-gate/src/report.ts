import { version } from '@sluice/contract';
import { type GateReport, stopAdvice } from '@sluice/evaluation';
import { describeIdentity, type Identity } from '@sluice/record';
import { type Block, type Cell, formatNumber, type Report } from '@sluice/report';
import type { Judgement } from './judge.ts';
import { peopleBlocks } from './people-report.ts';
import type { Registered } from './register.ts';
import { changedItems } from './report/changed.ts';
import { intervalCharts, trendChart } from './report/charts.ts';
import { gatesTable, openGates, testsTable } from './report/gates.ts';
import { sentenceOf } from './report/sentence.ts';
import { STATES } from './report/words.ts';
import type { Trend } from './trend.ts';
import { variantsBlocks } from './variants-report.ts';

/** What a report says beside the decision. */
export interface About {
  readonly run: string;
  readonly registered: Registered | undefined;
  readonly trend: Trend | null;
  readonly identity: Identity | undefined;
}

/** The decision in one sentence, then each gate with its figures, then what it rests on. */
export function reportOf(judgement: Judgement, about: About): Report {
  const { report } = judgement;
  return {
    title: about.registered
      ? `Evaluation gate: ${version.format(about.registered.version)}`
      : 'Evaluation gate',
    verdict: {
      state: STATES[report.decision],
      word: WORDS[report.decision],
      sentence: sentenceOf(judgement),
    },
    blocks: [
      gatesTable(judgement),
      ...openGates(judgement),
      ...intervalCharts(judgement),
      ...variantsBlocks(judgement),
      ...peopleBlocks(judgement),
      ...comparability(report),
      ...trendChart(about.trend, judgement),
      { type: 'heading', text: 'The evidence' },
      ...changedItems(judgement),
      testsTable(judgement),
      ...power(judgement),
      ...notes(report),
      facts(judgement, about),
    ],
  };
}

const WORDS = { approve: 'Approved', reject: 'Rejected', undecided: 'Undecided' } as const;

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
    note: 'What this data set can show, with a power of 80 % unless the gates say another.',
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
