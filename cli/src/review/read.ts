import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import {
  type Agreement,
  decide,
  type Estimate,
  type GateReport,
  type GatesDocument,
  type Review,
  type ReviewSummary,
  readReview,
  reviewRule,
  summarizeReview,
} from '@sluice/evaluation';
import { columns, wrap } from '../help/layout.ts';
import { type Option, readOptions } from '../options.ts';
import type { Scene } from '../scene.ts';
import { gatesAt } from './gates-at.ts';
import { resultsAt } from './results-at.ts';

export const READ = {
  key: { description: 'review-key.json of the sample that was rated.' },
  gates: { description: 'The gates file: its `review` decides. Needs --candidate.' },
  candidate: {
    description: 'The results that the sample was drawn from: ratings of other answers count nothing.',
  },
  baseline: { description: 'The same, where the review compares.' },
  json: { description: 'One JSON object.', alone: true },
} as const satisfies Record<string, Option>;

const CONFIDENCE = 0.95;

/** Reads ratings back, says what they say, and asks the gates file where one is given. */
export async function read(argv: readonly string[], scene: Scene): Promise<number> {
  const { options, words: ratings } = readOptions(argv, READ);
  if (!options.key || ratings.length === 0)
    throw new UserError('review read needs --key <review-key.json> and one file of ratings or more');
  const gates = await gatesAt(options.gates, scene);
  if (gates && !gates.review)
    throw new UserError(`${options.gates} asks for no review (review: {samples: …, at-least: …})`);
  const at = (path: string): string => resolve(scene.cwd, path);
  const review = await readReview(at(options.key), ratings.map(at));
  const confidence = 2 * (gates?.confidence ?? CONFIDENCE) - 1;
  const summary = summarizeReview(review, reviewRule(gates ?? {}), confidence);
  const report = gates && (await decided(gates, review, options, scene));
  scene.stdout.write(
    options.json
      ? `${JSON.stringify({ ...summary, ...(report ? { decision: report.decision, gate: report.gates[0] } : {}) })}\n`
      : asText(summary, confidence, report, scene.width),
  );
  return report && report.decision !== 'approve' ? 3 : 0;
}

/** The review's gate by itself: the other gates are eval-gate's. */
async function decided(
  gates: GatesDocument,
  review: Review,
  { candidate, baseline }: { readonly candidate?: string; readonly baseline?: string },
  scene: Scene,
): Promise<GateReport> {
  if (!candidate)
    throw new UserError('--gates needs --candidate <results>: only ratings of these answers may decide');
  const slices = gates.cluster === undefined ? [] : [gates.cluster];
  const options = { slices, ...(gates.columns ? { columns: gates.columns } : {}), predictions: gates.scores };
  const { leakage: _, ...document } = gates;
  return decide({
    document: { ...document, gates: [] },
    candidate: await resultsAt('candidate', candidate, options, scene),
    baseline: baseline ? await resultsAt('baseline', baseline, options, scene) : null,
    review,
  });
}

function asText(
  summary: ReviewSummary,
  confidence: number,
  report: GateReport | undefined,
  width: number,
): string {
  const {
    form,
    items,
    rated,
    identical,
    reviewers,
    agreement,
    candidate,
    candidateWeighted,
    baseline,
    difference,
  } = summary;
  const said = form === 'pairs' ? 'preferred' : 'acceptable';
  const rows: [string, string][] = [
    ['sample', `${items} items${identical > 0 ? `, ${identical} answered alike by both versions` : ''}`],
    ['reviewers', reviewers.join(', ')],
    ['rated by all', `${rated} of ${items}`],
    ...line(`candidate ${said}`, candidate),
    ...(candidateWeighted === null
      ? []
      : [['by size of strata', percent(candidateWeighted)] as [string, string]]),
    ...line(`baseline ${said}`, baseline),
    ...line('difference', difference),
    ['intervals', percent(confidence)],
    ...(agreement ? [['agreement', agreementText(agreement)] as [string, string]] : []),
  ];
  const gate = report?.gates[0];
  const decision = gate ? ['', ...wrap(`${gate.decision}: ${gate.name} — ${gate.reason}`, width)] : [];
  return `${[...columns(rows, width), ...decision].join('\n')}\n`;
}

function line(name: string, estimate: Estimate | null): [string, string][] {
  if (!estimate) return [];
  const { value, interval } = estimate;
  return [[name, `${percent(value)} (${percent(interval.lower)} to ${percent(interval.upper)})`]];
}

function agreementText({ measure, value, interval, same, n, because }: Agreement): string {
  const alike = same === null ? '' : `, the same word on ${percent(same)} of ${n}`;
  if (value === null) return `undefined: ${because}${alike}`;
  const range = interval ? ` (${interval.lower.toFixed(2)} to ${interval.upper.toFixed(2)})` : '';
  return `${measure} ${value.toFixed(2)}${range}${alike}`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
