import { UserError } from '@sluice/contract';
import { Generator, permutation } from '@sluice/statistics';
import type { ItemText, Results, Task } from '../results/results.ts';
import type { Review } from '../review/ratings/review.ts';
import type { JudgeConfig } from './config.ts';
import { judgePrompt } from './prompt.ts';

export type Version = 'candidate' | 'baseline';

/** One question to the judge. */
export interface JudgeQuestion {
  /** Its place in `JudgePlan.items`. */
  readonly item: number;
  /** Pairs: the versions of A and B. Else the versions that gave the answer. */
  readonly shows: readonly Version[];
  readonly prompt: string;
}

/** An item to judge: its row on each side. */
export interface JudgedItem {
  readonly task: Task;
  readonly row: number;
  readonly other: { readonly task: Task; readonly row: number } | null;
  /** Both versions gave the same answer. */
  readonly identical: boolean;
  /** A file holds no text of it, so it cannot be judged. */
  readonly mute: boolean;
}

/** Which items are judged, and all that is asked. */
export interface JudgePlan {
  readonly items: readonly JudgedItem[];
  readonly questions: readonly JudgeQuestion[];
}

/**
 * What a judge is asked. Pairs are asked in both orders. With a human sample its items come first, so that the judge can be
 * held against people.
 */
export async function judgeQuestions(
  candidate: Results,
  baseline: Results | null,
  config: JudgeConfig,
  review: Review | undefined,
): Promise<JudgePlan> {
  if (config.form === 'pairs' && !baseline)
    throw new UserError(
      'judge: pairs need a baseline to compare with; give one, or ask form acceptable or scale',
    );
  const all = itemsOf(candidate, config.form === 'pairs' ? baseline : null, config.tasks);
  const chosen = chooseItems(all, config, review);
  const items: JudgedItem[] = [];
  const questions: JudgeQuestion[] = [];
  for (const { task, row } of chosen) {
    const theirs = baseline?.tasks.find((one) => one.name === task.name);
    const otherRow = theirs?.items && task.items ? theirs.items.keys.findRow(task.items.keys, row) : -1;
    const other = theirs && otherRow >= 0 ? { task: theirs, row: otherRow } : null;
    const [mine] = await candidate.texts(task, [row]);
    const [their] = other && baseline ? await baseline.texts(other.task, [other.row]) : [];
    const identical = mine !== undefined && mine.answer === their?.answer;
    const mute = mine === undefined || (other !== null && their === undefined);
    if (!mute) questions.push(...ask(config, items.length, mine, their ?? null));
    items.push({ task, row, other, identical, mute });
  }
  if (items.every((item) => item.mute))
    throw new UserError(
      `judge: ${candidate.source}${baseline ? ` or ${baseline.source}` : ''} holds no answers that could be judged; give the files that the evaluator wrote`,
    );
  return { items, questions };
}

interface Row {
  readonly task: Task;
  readonly row: number;
}

function itemsOf(candidate: Results, baseline: Results | null, tasks: readonly string[] | undefined): Row[] {
  const unknown = tasks?.find((name) => !candidate.tasks.some((task) => task.name === name));
  if (unknown !== undefined)
    throw new UserError(
      `judge: there is no task "${unknown}"; there are ${candidate.tasks.map((task) => task.name).join(', ')}`,
    );
  const rows: Row[] = [];
  for (const task of candidate.tasks) {
    if (!task.items || (tasks && !tasks.includes(task.name))) continue;
    const theirs = baseline?.tasks.find((one) => one.name === task.name)?.items;
    for (let row = 0; row < task.items.size; row++)
      if (!baseline || (theirs && theirs.keys.findRow(task.items.keys, row) >= 0)) rows.push({ task, row });
  }
  return rows;
}

/** So many items as are wanted, at random: first those of the human sample, a random sample themselves. */
function chooseItems(
  all: readonly Row[],
  { items: most, seed }: JudgeConfig,
  review: Review | undefined,
): Row[] {
  if (most === undefined || most >= all.length) return [...all];
  const rated = new Set(review?.items.map((item) => `${item.task} ${item.key}`));
  const shuffled = [...permutation(Generator.fromSeed(seed), all.length)].map((i) => all[i] as Row);
  const isRated = ({ task, row }: Row): boolean => rated.has(`${task.name} ${task.items?.keys.key(row)}`);
  const first = shuffled.filter(isRated);
  return [...first, ...shuffled.filter((row) => !isRated(row))].slice(0, Math.max(most, first.length));
}

function ask(
  { form, instructions }: JudgeConfig,
  item: number,
  mine: ItemText,
  theirs: ItemText | null,
): JudgeQuestion[] {
  const question = (shows: readonly Version[], answers: readonly string[]): JudgeQuestion => ({
    item,
    shows,
    prompt: judgePrompt(form, { input: mine.input, reference: mine.target, answers }, instructions),
  });
  const same = mine.answer === theirs?.answer;
  if (form === 'pairs') {
    if (!theirs || same) return [];
    return [
      question(['candidate', 'baseline'], [mine.answer, theirs.answer]),
      question(['baseline', 'candidate'], [theirs.answer, mine.answer]),
    ];
  }
  if (!theirs) return [question(['candidate'], [mine.answer])];
  if (same) return [question(['candidate', 'baseline'], [mine.answer])];
  return [question(['candidate'], [mine.answer]), question(['baseline'], [theirs.answer])];
}
