import { type Inputs, type Outputs, type Version, version } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import type { Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import type { Round } from './round.ts';
import { reportOf, sentenceOf } from './show.ts';
import { stated } from './statement.ts';

type Out = Outputs<(typeof definition)['outputs']>;

/** Statement, report and outputs. */
export async function finish(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { store }: Target,
  round: Round,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const { rollout, restored, verified, rolledBack, alias } = round;
  const said = rolledBack && rollout ? await stated(inputs, host, store, rollout, round) : undefined;
  const report = await host.publish(reportOf(inputs, round), { comment: 'rollback' });
  const outputs: Out = {
    'rolled-back': rolledBack,
    verified: rolledBack && verified?.ok === true,
    'from-version': versionOr(rolledBack ? rollout?.version : undefined),
    'to-version': versionOr(restored?.version),
    'restored-run-id': (restored?.runId ?? 'none') as Out['restored-run-id'],
    'duration-ms': round.durationMs,
    report,
    'run-id': inputs['run-id'],
    record: said ?? inputs.record ?? 'none',
  };
  const problems = [
    ...(rolledBack && inputs.verify > 0 && !verified?.ok
      ? [`not verified: ${verified?.reason ?? 'no probe was made'}`]
      : []),
    ...(alias && !alias.ok ? [alias.text] : []),
  ];
  if (problems.length === 0) return { outputs, sentence: sentenceOf(round, inputs.drill) };
  const failed = `${inputs.drill ? 'the drill failed' : 'taken back'}, but ${problems.join('; and ')}`;
  return { outputs, sentence: failed, refused: inputs.drill ? failed.replace(', but', ':') : failed };
}

function versionOr(text: string | undefined): Version | 'none' {
  try {
    return text === undefined ? 'none' : version.parse(text);
  } catch {
    return 'none';
  }
}
