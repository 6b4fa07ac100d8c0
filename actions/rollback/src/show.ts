import type { Inputs } from '@sluice/contract';
import type { Report } from '@sluice/report';
import type { definition } from './definition.ts';
import type { Round } from './round.ts';

/** What was taken back, from whom, and what proves that users are served again. */
export function reportOf(inputs: Inputs<(typeof definition)['inputs']>, round: Round): Report {
  const { rollout, restored, verified, alias } = round;
  const failed = (verified && !verified.ok) || (alias && !alias.ok);
  const state = !round.rolledBack ? 'info' : failed ? 'fail' : 'pass';
  const what = inputs.drill ? 'Rollback drill' : 'Rollback';
  return {
    title: rollout ? `${what} of ${rollout.version}` : what,
    verdict: {
      state,
      sentence: failed
        ? [
            verified?.ok === false ? `not verified: ${verified.reason}` : '',
            alias?.ok === false ? alias.text : '',
          ]
            .filter(Boolean)
            .join('; ')
        : sentenceOf(round, inputs.drill),
    },
    blocks: [
      {
        type: 'facts',
        facts: [
          ['target', inputs.target],
          ['run', inputs['run-id']],
          ['reason', inputs.reason],
          ['from', round.rolledBack ? (rollout?.version ?? 'unknown') : 'nothing was moved'],
          [
            'to',
            restored?.version ??
              (round.rolledBack ? 'the version that was live before any rollout' : 'nothing was moved'),
          ],
          ['traffic back after', round.rolledBack ? `${round.durationMs} ms` : 'nothing was moved'],
          ['verified', verified ? verified.reason : 'not probed'],
          ...(alias ? ([['registry', alias.text]] as [string, string][]) : []),
        ],
      },
    ],
  };
}

/** What a rollback came to, in one sentence. */
export function sentenceOf(
  { rolledBack, reason, rollout, restored, durationMs }: Round,
  drill: boolean,
): string {
  if (!rolledBack || drill) return reason;
  const to = restored ? restored.version : 'the version that was live before any rollout';
  return `users went from ${rollout?.version} back to ${to} in ${durationMs} ms: ${reason}`;
}
