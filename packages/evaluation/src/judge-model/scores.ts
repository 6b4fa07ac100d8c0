import { Items } from '../results/items.ts';
import type { Results, Series, Task } from '../results/results.ts';
import { ScoreColumn } from '../results/score-column.ts';
import type { ReviewForm } from '../review/form.ts';
import { JUDGE_METRICS, judgedTask } from './judge-metrics.ts';
import type { JudgePlan, Version } from './questions.ts';
import { verdictOf } from './verdict.ts';

/** What the judge said, in figures. */
export interface JudgeFigures {
  readonly form: ReviewForm;
  readonly items: number;
  readonly questions: number;
  /** Answers without a verdict that can be read: missing values. */
  readonly unread: number;
  /** Questions that were never answered: missing values. */
  readonly unanswered: number;
  /** Pairs: items judged in both orders, and those whose verdict changed with the order, which count as ties. */
  readonly bothOrders: number;
  readonly changed: number;
  /** Items of which both versions gave the same answer: ties that nobody is asked about. */
  readonly identical: number;
}

/** Both sides with the judge's scores beside their own, as tasks of their own. */
export interface JudgeScores {
  readonly candidate: Results;
  readonly baseline: Results | null;
  readonly figures: JudgeFigures;
}

/**
 * Makes the judge's answers scores. Pairs: a version wins where it is preferred in both orders; a verdict that changes
 * with the order is a tie. What cannot be read is no score.
 *
 * @param answers one a question, in their order; null where there is none
 */
export function judgeScores(
  candidate: Results,
  baseline: Results | null,
  { items, questions }: JudgePlan,
  form: ReviewForm,
  answers: readonly (string | null)[],
): JudgeScores {
  const verdicts = answers.map((answer) => (answer === null ? null : verdictOf(form, answer)));
  const said: Record<Version, (number | null)[]> = {
    candidate: items.map(() => null),
    baseline: items.map(() => null),
  };
  let [bothOrders, changed] = [0, 0];
  if (form === 'pairs') {
    for (const [i, item] of items.entries()) if (item.identical) said.candidate[i] = said.baseline[i] = 0;
    for (let q = 0; q + 1 < questions.length; q += 2) {
      const [one, other] = [verdicts[q] ?? null, verdicts[q + 1] ?? null];
      if (one === null || other === null) continue;
      const item = questions[q]?.item as number;
      // a verdict points to B, which is the baseline first and the candidate after the swap
      const [first, second] = [-one, other];
      bothOrders++;
      if (first !== second) changed++;
      const verdict = first === second ? first : 0;
      said.candidate[item] = Number(verdict > 0);
      said.baseline[item] = Number(verdict < 0);
    }
  } else {
    for (const [q, { item, shows }] of questions.entries())
      for (const version of shows) said[version][item] = verdicts[q] ?? null;
  }
  return {
    candidate: withScores(candidate, form, items, said.candidate, ({ task, row }) => ({ task, row })),
    baseline: baseline && withScores(baseline, form, items, said.baseline, ({ other }) => other),
    figures: {
      form,
      items: items.length,
      questions: questions.length,
      unread: answers.filter((answer, q) => answer !== null && verdicts[q] === null).length,
      unanswered: answers.filter((answer) => answer === null).length,
      bothOrders,
      changed,
      identical: items.filter((item) => item.identical).length,
    },
  };
}

type Place = { readonly task: Task; readonly row: number } | null;

function withScores(
  results: Results,
  form: ReviewForm,
  items: JudgePlan['items'],
  scores: readonly (number | null)[],
  place: (item: JudgePlan['items'][number]) => Place,
): Results {
  const byTask = new Map<Task, { row: number; score: number | null }[]>();
  for (const [i, item] of items.entries()) {
    const at = place(item);
    if (!at) continue;
    const list = byTask.get(at.task) ?? [];
    list.push({ row: at.row, score: scores[i] ?? null });
    byTask.set(at.task, list);
  }
  const origins = new Map<Task, { readonly task: Task; readonly rows: readonly number[] }>();
  const judged = [...byTask].map(([task, list]) => {
    const own = taskOf(task, form, list);
    origins.set(own, { task, rows: list.map(({ row }) => row) });
    return own;
  });
  return {
    ...results,
    tasks: [...results.tasks, ...judged],
    texts: (task, rows) => {
      const origin = origins.get(task);
      return origin
        ? results.texts(
            origin.task,
            rows.map((row) => origin.rows[row] as number),
          )
        : results.texts(task, rows);
    },
  };
}

/** A task of the judged items alone, with their keys and slices. */
function taskOf(
  task: Task,
  form: ReviewForm,
  list: readonly { readonly row: number; readonly score: number | null }[],
): Task {
  const items = new Items();
  const scores = new ScoreColumn();
  const from = task.items as Items;
  for (const [at, { row, score }] of list.entries()) {
    items.restore(from.keys.key(row), from.content(row));
    for (const [name, column] of from.slices) {
      const label = column.labels[column.code(row)];
      if (label !== undefined) items.setSlice(at, name, label);
    }
    if (score !== null) scores.add(at, score);
  }
  const name = judgedTask(task.name);
  const series: Series = {
    task: name,
    metric: JUDGE_METRICS[form],
    filter: null,
    higherIsBetter: true,
    aggregate: null,
    standardError: null,
    scores,
    corpus: null,
  };
  return { name, items, series: [series], settings: {}, incomplete: 0, errored: 0 };
}
