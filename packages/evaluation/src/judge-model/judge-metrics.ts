import type { ReviewForm } from '../review/form.ts';

/** What a judge model's verdicts are called as metrics. Wins: 1 on the side that is better, 0 on both for a tie. */
export const JUDGE_METRICS: Readonly<Record<ReviewForm, string>> = {
  pairs: 'judge_wins',
  acceptable: 'judge_acceptable',
  scale: 'judge_score',
};

export function isJudgeMetric(metric: string): boolean {
  return Object.values(JUDGE_METRICS).includes(metric);
}

const JUDGED = 'judge/';

/** The task that holds the judged items of a task: they may be fewer. */
export function judgedTask(task: string): string {
  return `${JUDGED}${task}`;
}

/** The task that a judged task was made of; any other is itself. */
export function taskBehind(task: string): string {
  return task.startsWith(JUDGED) ? task.slice(JUDGED.length) : task;
}
