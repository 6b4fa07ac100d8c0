import type { CanaryDecision, Outputs } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import type { definition } from './definition.ts';
import type { Ended } from './ended.ts';
import { publish } from './publish.ts';
import type { In, Scene } from './scene.ts';
import { tell } from './tell.ts';

type Out = Outputs<(typeof definition)['outputs']>;
type Result = Outcome<(typeof definition)['outputs']>;

/** Decisions that are no approval; `hold`, `paused` and `none` are no failures either. */
const REFUSED: readonly CanaryDecision[] = ['rollback', 'undecided'];

/** Report and outputs. `refused`: why nothing was begun, where something should have been. */
export async function finish(scene: Scene, ended: Ended, refused?: string): Promise<Result> {
  const { inputs, place } = scene;
  const { decision, nextCheck, state } = ended;
  const reason = refused ?? ended.reason;
  const { rollout } = state;
  const ours =
    rollout && (inputs['run-id'] === undefined || inputs['run-id'] === rollout.runId) ? rollout : null;
  const report = await publish(scene, ended, { refused });
  // that a person has to decide changes nothing which a statement could be about
  if (refused === undefined && decision === 'undecided') await tell(scene, ended);
  const outputs: Out = {
    decision,
    stage: ours ? ours.stage + 1 : 0,
    weight: ours?.weight ?? 0,
    reason,
    deploy: ours?.phase === 'complete' || ours?.phase === 'watched',
    'next-check': nextCheck === null ? 'none' : new Date(Math.ceil(nextCheck / 1000) * 1000),
    'exposed-requests': ours?.exposed ?? 0,
    state: place.where,
    report,
    'run-id': (ours?.runId ?? inputs['run-id'] ?? 'none') as Out['run-id'],
    record: (ended.record ?? inputs.record ?? ours?.record ?? 'none') as Out['record'],
  };
  const failed = refused ?? (REFUSED.includes(decision) ? reason : undefined);
  return {
    outputs,
    sentence: `${decision}: ${reason}`,
    ...(failed === undefined ? {} : { refused: failed }),
  };
}

/** The gate's flag says no: nothing is opened, so nothing is touched. */
export async function notApproved(inputs: In, host: Host): Promise<Result> {
  const reason = 'deploy is false: the gate did not approve this version';
  const report = await host.publish(
    {
      title: 'Canary',
      verdict: { state: 'fail', sentence: reason },
      blocks: [
        {
          type: 'facts',
          facts: [
            ['target', inputs.target],
            ['run', inputs['run-id'] ?? 'none'],
          ],
        },
      ],
    },
    { comment: 'canary' },
  );
  return {
    outputs: {
      decision: 'none',
      stage: 0,
      weight: 0,
      reason,
      deploy: false,
      'next-check': 'none',
      'exposed-requests': 0,
      state: 'none',
      report,
      'run-id': inputs['run-id'] ?? 'none',
      record: inputs.record ?? 'none',
    },
    refused: reason,
    always: true,
  };
}
