import type { Agreement, Estimate, ReviewSummary } from '@sluice/evaluation';
import { type Block, type Cell, formatNumber } from '@sluice/report';
import type { Judgement } from './judge.ts';

/** What people said of a sample, and a judge model of the answers. */
export function peopleBlocks(judgement: Judgement): Block[] {
  return [...humanReview(judgement), ...judgeModel(judgement)];
}

/** An agreement in a cell: its value, interval and n. */
export function agreementText({ measure, value, interval, same, n, because }: Agreement): string {
  const alike = same === null ? '' : `; the same on ${percent(same)} of ${n}`;
  if (value === null) return `undefined: ${because}${alike}`;
  const range = interval ? ` (${formatNumber(interval.lower)} to ${formatNumber(interval.upper)})` : '';
  return `${measure} ${formatNumber(value)}${range}${alike}`;
}

function humanReview({ report, gates }: Judgement): Block[] {
  const { review } = report;
  if (!review) return [];
  const said = review.form === 'pairs' ? 'preferred' : 'acceptable';
  const rule =
    gates.review?.disagreement === 'majority' ? 'more than half of the reviewers' : 'all reviewers';
  const rows: [string, Cell][] = [
    ['Sample', `${review.items} items, ${review.identical} answered alike by both versions`],
    ['Rated', `${review.rated} of ${review.items} by ${review.reviewers.join(', ')}`],
    ...share(`Candidate ${said}`, review.candidate),
    ...(showsWeighted(review)
      ? [['By the size of strata', percent(review.candidateWeighted as number)] as [string, Cell]]
      : []),
    ...share(`Baseline ${said}`, review.baseline),
    ...share('Difference', review.difference),
    ...(review.agreement ? [['Reviewers agree', agreementText(review.agreement)] as [string, Cell]] : []),
  ];
  return [
    { type: 'heading', text: 'Human review' },
    { type: 'facts', facts: rows },
    {
      type: 'paragraph',
      text: `An answer counts as ${said} where ${rule} said so. Which version wrote what was hidden from them.`,
    },
  ];
}

/** Whether the strata were drawn so unevenly that the sample's share is another than that of the whole. */
function showsWeighted({ candidate, candidateWeighted }: ReviewSummary): boolean {
  return (
    candidate !== null && candidateWeighted !== null && Math.abs(candidateWeighted - candidate.value) > 0.005
  );
}

function judgeModel({ judgeModel: model }: Judgement): Block[] {
  const said = model?.said();
  if (!said) return [];
  const { items, questions, before, unread, unanswered, bothOrders, changed, identical } = said;
  const rows: [string, Cell][] = [
    ['Judge', `${said.model} at ${said.endpoint}`],
    [
      'Asked',
      `${questions} questions about ${items} items (form ${said.form})${before === 0 ? '' : `, ${before} of them answered in earlier runs`}`,
    ],
    [
      'Missing',
      `${unread} answers without a verdict, ${unanswered} questions without an answer; they are no scores`,
    ],
  ];
  if (said.form === 'pairs')
    rows.push(
      [
        'Position consistency',
        bothOrders === 0
          ? '–'
          : `${percent(1 - changed / bothOrders)}: ${changed} of ${bothOrders} verdicts changed with the order of the answers, and count as ties`,
      ],
      ['Identical answers', `${identical}, ties that nobody is asked about`],
    );
  return [
    { type: 'heading', text: 'Judge model' },
    { type: 'facts', facts: rows },
  ];
}

function share(name: string, estimate: Estimate | null): [string, Cell][] {
  if (!estimate) return [];
  const { value, interval } = estimate;
  return [[name, `${percent(value)} (${percent(interval.lower)} to ${percent(interval.upper)})`]];
}

const percent = (value: number): string => `${formatNumber(100 * value)} %`;
