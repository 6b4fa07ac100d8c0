import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, toHtml } from '@sluice/report';
import type { Ending } from '../stories/story.ts';
import { BIN, type Lost, type Served } from '../traffic/users.ts';
import { seconds } from './screen.ts';

export interface Outcome {
  readonly endings: readonly Ending[];
  readonly requests: number;
  readonly lost: readonly Lost[];
  readonly versions: ReadonlyMap<string, Served>;
  readonly timeline: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly timings: readonly { readonly step: string; readonly ms: number }[];
  readonly tookMs: number;
  readonly machine: string;
}

/** Writes the report of a demonstration; returns its path. */
export async function writeReport(folder: string, outcome: Outcome): Promise<string> {
  await mkdir(folder, { recursive: true });
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const path = join(folder, `demo-${stamp}-${process.pid}.html`);
  await writeFile(path, toHtml(reportOf(outcome)));
  return path;
}

function reportOf({
  timeline,
  endings,
  requests,
  lost,
  versions,
  timings,
  tookMs,
  machine,
}: Outcome): Report {
  const failed = endings.filter(({ wrong }) => wrong.length > 0);
  const ok = failed.length === 0 && lost.length === 0;
  return {
    title: 'From a commit to full traffic',
    verdict: {
      state: ok ? 'pass' : 'fail',
      sentence: `${endings.length - failed.length} of ${endings.length} stories ended as expected; of ${requests} requests of users ${lost.length === 0 ? 'none was' : `${lost.length} were`} lost by a move.`,
    },
    blocks: [
      {
        type: 'flow',
        steps: endings.map(({ title, wrong }) => ({
          label: title,
          state: wrong.length === 0 ? 'done' : 'failed',
        })),
      },
      {
        type: 'table',
        caption: 'What happened',
        columns: ['story', 'expected', 'what happened', 'so?'],
        rows: endings.map(({ title, expected, happened, wrong }) => [
          title,
          expected,
          happened,
          wrong.length === 0 ? 'yes' : wrong.join('; '),
        ]),
      },
      {
        type: 'table',
        caption: 'What users were answered by',
        columns: ['version', 'requests', 'failed'],
        rows: [...versions].map(([version, served]) => [version, served.requests, served.failed]),
      },
      {
        type: 'chart',
        kind: 'line',
        title: 'Requests a second that each version answered',
        x: 'time',
        series: [...timeline].map(([name, bins]) => ({ name, points: rates(timeline, bins) })),
      },
      ...endings.map(({ title, facts }) => ({
        type: 'details' as const,
        summary: title,
        blocks: [{ type: 'facts' as const, facts }],
      })),
      {
        type: 'details',
        summary: `How long it took: ${seconds(tookMs)} (${machine})`,
        blocks: [
          {
            type: 'table',
            columns: ['step', 'seconds'],
            rows: timings.map(({ step, ms }) => [step, ms / 1000]),
          },
        ],
      },
      ...(lost.length === 0
        ? []
        : [
            {
              type: 'table' as const,
              caption: 'Requests that were lost',
              columns: ['reason'],
              rows: lost.slice(0, 50).map(({ reason }) => [reason]),
            },
          ]),
    ],
  };
}

/** Requests a second in every bin in which any version answered; a version that nobody was sent to has zero there. */
function rates(timeline: Outcome['timeline'], bins: ReadonlyMap<number, number>): { x: number; y: number }[] {
  const all = new Set([...timeline.values()].flatMap((other) => [...other.keys()]));
  return [...all].sort((a, b) => a - b).map((x) => ({ x, y: (1000 * (bins.get(x) ?? 0)) / BIN }));
}
