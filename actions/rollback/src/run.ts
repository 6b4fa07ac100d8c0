import { type Inputs, type Outputs, UserError, type Version, version } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import {
  type Completed,
  leaseExpired,
  openRollout,
  type Reverted,
  type Rollout,
  type RolloutState,
  revert,
} from '@sluice/rollout';
import { carryOut, keepThroughRestart, openTarget, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import { drill } from './drill.ts';
import { restoreAlias } from './restore-alias.ts';
import { reportOf } from './show.ts';
import { stated } from './statement.ts';
import { type Verified, verify } from './verify.ts';

type In = Inputs<(typeof definition)['inputs']>;
type Out = Outputs<(typeof definition)['outputs']>;

/** What happened, for report, record and outputs. */
export interface Round {
  readonly rolledBack: boolean;
  readonly verified: Verified | undefined;
  readonly reason: string;
  readonly rollout: Rollout | null;
  readonly restored: Completed | undefined;
  readonly durationMs: number;
}

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const target = await openTarget(inputs, host);
  const { state } = await target.place.read();
  const idle = whyNot(state, inputs, host);
  if (idle !== undefined) return finish(inputs, host, target, nothing(idle, state));
  checkTo(inputs.to, state, inputs['run-id']);
  if (inputs['dry-run'])
    return finish(inputs, host, target, nothing(`would take run ${inputs['run-id']} back`, state));
  return finish(
    inputs,
    host,
    target,
    inputs.drill ? await drill(inputs, host, target, state) : await takeBack(inputs, host, target),
  );
}

const nothing = (reason: string, { rollout }: RolloutState): Round => ({
  rolledBack: false,
  verified: undefined,
  reason,
  rollout,
  restored: undefined,
  durationMs: 0,
});

/** Why there is nothing to do; that is no failure. */
function whyNot(state: RolloutState, inputs: In, host: Host): string | undefined {
  const { rollout } = state;
  if (rollout?.runId !== inputs['run-id']) {
    return `${inputs.target} holds ${rollout ? `run ${rollout.runId}` : 'no rollout'}, not run ${inputs['run-id']}`;
  }
  if (inputs.when === 'lease-expired' && !leaseExpired(state, host.now().getTime())) {
    return openRollout(state)
      ? `the ticks of run ${inputs['run-id']} are still coming`
      : `the rollout of run ${inputs['run-id']} is over`;
  }
  return undefined;
}

/** Two slots hold two versions: traffic can only go to the one that is still warm. */
function checkTo(to: string, state: RolloutState, runId: string): void {
  const before = state.history.filter((h) => h.runId !== runId && h.revertedAt === undefined).at(-1);
  if (to === 'previous' || to === before?.runId || to === before?.version) return;
  throw new UserError(
    `to is '${to}', but the other slot holds ${before ? `${before.version} of run ${before.runId}` : 'a version that never completed a rollout'}; ` +
      'allowed: previous, or that run or version. Another one is deployed anew, with canary-step',
  );
}

async function takeBack(inputs: In, host: Host, target: Target): Promise<Round> {
  const began = performance.now();
  const decide = ({ state }: { readonly state: RolloutState }): Reverted =>
    revert(state, inputs['run-id'], inputs.reason, host.now().getTime());
  const { decided, held, movedAt } = await carryOut(target.place, target.router, decide, host.signal);
  const { rollout } = held.state;
  await keepThroughRestart(target.router, inputs.target, held.state.live, host.signal);
  const verified =
    rollout && inputs.verify > 0
      ? await proveLive(inputs, target, held.state, decided.restored, host.signal)
      : undefined;
  if (rollout && inputs.method.includes('registry-alias'))
    await restoreAlias(inputs, rollout, decided.restored, host);
  return {
    rolledBack: true,
    verified,
    reason: decided.reason,
    rollout,
    restored: decided.restored,
    durationMs: Math.round((movedAt ?? performance.now()) - began),
  };
}

/** The live slot answers, and the router sends nobody elsewhere. */
async function proveLive(
  inputs: In,
  { router }: Target,
  state: RolloutState,
  restored: Completed | undefined,
  signal: AbortSignal,
): Promise<Verified> {
  const share = await router.weight(signal);
  const expected = state.live === 'canary' ? 100 : 0;
  if (share !== expected)
    return {
      ok: false,
      reason: `the router sends ${share} % to the slot canary, not ${expected} %`,
      probes: 0,
      failed: 0,
    };
  const address = inputs[state.live] ?? (await router.servers?.(signal))?.[state.live][0]?.address;
  if (!address)
    return {
      ok: false,
      reason: `no address of the live version is known; pass ${state.live}`,
      probes: 0,
      failed: 0,
    };
  return verify(/^https?:/.test(address) ? address : `http://${address}`, restored, inputs.verify, signal);
}

const versionOr = (text: string | undefined): Version | 'none' => {
  try {
    return text === undefined ? 'none' : version.parse(text);
  } catch {
    return 'none';
  }
};

async function finish(
  inputs: In,
  host: Host,
  target: Target,
  round: Round,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const { rollout, restored, verified } = round;
  const acted = round.rolledBack && !inputs['dry-run'];
  const record =
    acted && rollout ? await stated(inputs, host, target.store, round) : (inputs.record ?? 'none');
  const report = await host.publish(reportOf(inputs, round), { comment: 'rollback' });
  const proven = inputs.verify === 0 || verified?.ok === true;
  const outputs: Out = {
    'rolled-back': acted,
    verified: acted && verified?.ok === true,
    'from-version': versionOr(acted ? rollout?.version : undefined),
    'to-version': versionOr(restored?.version),
    'restored-run-id': (restored?.runId ?? 'none') as Out['restored-run-id'],
    'duration-ms': round.durationMs,
    report,
    'run-id': inputs['run-id'],
    record,
  };
  const failed =
    acted && !proven ? `taken back, but not verified: ${verified?.reason ?? 'no probe was made'}` : undefined;
  return { outputs, sentence: failed ?? round.reason, ...(failed === undefined ? {} : { refused: failed }) };
}
