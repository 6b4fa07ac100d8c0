import type { KeyObject } from 'node:crypto';
import { type Inputs, type Outputs, type Version, version } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { commitBehind } from '@sluice/record';
import type { Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import type { Round } from './round.ts';
import { reportOf, sentenceOf } from './show.ts';
import { stated } from './statement.ts';
import { tell } from './tell.ts';

type Out = Outputs<(typeof definition)['outputs']>;

/** Statement, report and outputs. */
export async function finish(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { store, place }: Target,
  round: Round,
  key: KeyObject | undefined,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const { from, restored, verified, rolledBack, done } = round;
  const { state } = await place.read();
  // a drill that was not gone through with was one all the same
  const said =
    (rolledBack || verified) && from
      ? await stated(inputs, host, { store, key }, state, from, round)
      : undefined;
  // one that a person or a schedule starts belongs to no pull request: the comment goes to the one that brought the version
  const commit = from && inputs.token !== undefined ? await commitBehind(from, store) : undefined;
  const report = await host.publish(reportOf(inputs, round), { comment: 'rollback', commit });
  if (rolledBack && from && !inputs.drill && inputs.token !== undefined)
    await tell(inputs, host, store, state, { ...round, from });
  const outputs: Out = {
    'rolled-back': rolledBack,
    verified: rolledBack && verified?.ok === true,
    'from-version': versionOr(rolledBack ? from?.version : undefined),
    'to-version': versionOr(restored?.version),
    'restored-run-id': (restored?.runId ?? 'none') as Out['restored-run-id'],
    'duration-ms': round.durationMs,
    report,
    'run-id': (inputs['run-id'] === 'live' ? (from?.runId ?? 'none') : inputs['run-id']) as Out['run-id'],
    record: said ?? inputs.record ?? 'none',
  };
  if (round.impossible) return { outputs, sentence: round.reason, refused: round.reason };
  const problems = [
    ...(inputs.verify > 0 && (rolledBack ? !verified?.ok : verified?.ok === false)
      ? [`not verified: ${verified?.reason ?? 'no probe was made'}`]
      : []),
    ...done.filter(({ ok }) => !ok).map(({ text }) => text),
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
