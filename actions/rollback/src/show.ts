import type { Inputs } from '@sluice/contract';
import type { Report } from '@sluice/report';
import type { definition } from './definition.ts';
import type { Round } from './round.ts';

/** What was taken back, from whom, and what proves that users are served again. */
export function reportOf(inputs: Inputs<(typeof definition)['inputs']>, round: Round): Report {
  const { from, restored, verified, done, rolledBack } = round;
  const problems = [
    ...(verified?.ok === false ? [`not verified: ${verified.reason}`] : []),
    ...done.filter(({ ok }) => !ok).map(({ text }) => text),
  ];
  const failed = problems.length > 0 || round.impossible;
  const what = inputs.drill ? 'Rollback drill' : 'Rollback';
  const unmoved = 'nothing was moved';
  return {
    title: from ? `${what} of ${from.version}` : what,
    verdict: {
      state: failed ? 'fail' : rolledBack ? 'pass' : 'info',
      sentence: problems.length > 0 ? problems.join('; ') : sentenceOf(round, inputs.drill),
    },
    blocks: [
      {
        type: 'facts',
        facts: [
          ['target', inputs.target],
          ['run', from?.runId ?? inputs['run-id']],
          ['reason', inputs.reason],
          ['from', rolledBack ? (from?.version ?? 'unknown') : unmoved],
          [
            'to',
            restored?.version ?? (rolledBack ? 'the version that was live before any rollout' : unmoved),
          ],
          ['traffic back after', rolledBack ? `${round.durationMs} ms` : unmoved],
          ['verified', verified ? verified.reason : 'not probed'],
          ...done.map(({ method, text }) => [method, text] as [string, string]),
        ],
      },
    ],
  };
}

/** What a rollback came to, in one sentence. */
export function sentenceOf(
  { rolledBack, reason, from, restored, durationMs }: Round,
  drill: boolean,
): string {
  if (!rolledBack || drill) return reason;
  const to = restored ? restored.version : 'the version that was live before any rollout';
  return `users went from ${from?.version} back to ${to} in ${durationMs} ms: ${reason}`;
}
