import { setTimeout as delay } from 'node:timers/promises';
import { type CanaryDecision, duration, type Inputs, type Outputs } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { connect, DEFAULT_PROMPTS, warmUp } from '@sluice/inference';
import { begin, type Candidate, openRollout, type RolloutState, type Step, tick } from '@sluice/rollout';
import { carryOut, history, observe, openSource, openTarget, type Seen, type Target } from '@sluice/steering';
import type { MetricSource } from '@sluice/telemetry';
import type { definition } from './definition.ts';
import { mismatch } from './identity-check.ts';
import { order } from './order.ts';
import { moveAlias } from './promote.ts';
import { reportOf } from './show.ts';
import { candidateOf, startsRollout } from './start.ts';
import { stated } from './statement.ts';

type In = Inputs<(typeof definition)['inputs']>;
type Out = Outputs<(typeof definition)['outputs']>;

/** What every part of one call works with. */
interface Scene extends Target {
  readonly inputs: In;
  readonly host: Host;
}

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const scene: Scene = { inputs, host, ...(await openTarget(inputs, host)) };
  if (scene.store.note) host.log.info(scene.store.note);
  if (inputs.deploy === false)
    return refuse(scene, 'deploy is false: the gate did not approve this version', true);
  if (inputs.command !== 'tick') return finish(scene, await order(inputs.command, inputs, scene));
  if (startsRollout(inputs)) {
    const refused = await start(scene);
    if (refused !== undefined) return refuse(scene, refused, false);
  }
  if (inputs['dry-run']) return finish(scene, { ...(await look(scene)).step, actions: [] });
  return finish(scene, inputs.wait ? await untilDone(scene) : await once(scene));
}

/** Begins the rollout that was asked for, unless it is under way. Returns why not, in one sentence. */
async function start({ inputs, host, store, router, place }: Scene): Promise<string | undefined> {
  const candidate = await candidateOf(inputs, store, host);
  if ('refused' in candidate) return candidate.refused;
  if (inputs['dry-run']) {
    host.log.info(`would begin ${candidate.version} of run ${candidate.runId} on ${inputs.target}`);
    return undefined;
  }
  const source = sourceOf(candidate.metricSource, candidate, host);
  const past = openRollout((await place.read()).state) ? [] : await history(source, 7, host.signal);
  const { decided } = await carryOut(
    place,
    router,
    ({ state }) => begin(state, candidate, { busy: inputs.busy, now: host.now().getTime(), history: past }),
    host.signal,
  );
  if (decided.outcome === 'busy' || decided.outcome === 'finished') return decided.reason;
  if (decided.outcome === 'begun')
    await greet({ inputs, host, store, router, place }, decided.state, candidate);
  return undefined;
}

/** A new candidate is warmed up, and draws other users than the last one did. */
async function greet(
  { inputs, host, router }: Scene,
  state: RolloutState,
  candidate: Candidate,
): Promise<void> {
  const weight = await router.weight(host.signal);
  if (router.setSalt && (weight === 0 || weight === 100)) await router.setSalt(candidate.runId, host.signal);
  const address = state.rollout && inputs[state.rollout.candidate];
  if (!address || inputs.warmup === 0) return;
  host.log.info(`warming up ${candidate.version} with ${inputs.warmup} requests`);
  const client = connect({ endpoint: address, signal: host.signal });
  await warmUp({ client, model: candidate.version, prompts: DEFAULT_PROMPTS, maxTokens: 16, requests: inputs.warmup });
}

const sourceOf = (metrics: string, { policy }: Pick<Candidate, 'policy'>, host: Host): MetricSource =>
  openSource({ metrics, workspace: host.workspace, step: duration.parse(policy.interval) });

interface Look {
  readonly step: Step;
  readonly seen: Seen;
}

/** Sees and judges, and changes nothing. `source` is kept between looks, so that a log is read on where the last look stopped. */
async function look(scene: Scene, state?: RolloutState, source?: MetricSource): Promise<Look> {
  const { inputs, host, router, place } = scene;
  const now = state ?? (await place.read()).state;
  const rollout = openRollout(now);
  const from = rollout && (source ?? sourceOf(rollout.metricSource, rollout, host));
  const other = rollout && (await mismatch(rollout, inputs[rollout.candidate], host.signal));
  const seen = await observe(router, from, rollout ?? null, other, host.signal);
  for (const note of seen.notes) host.log.warn(note);
  return { step: tick(now, seen.observations, host.now().getTime()), seen };
}

async function once(scene: Scene, source?: MetricSource): Promise<Step> {
  const { decided } = await carryOut(
    scene.place,
    scene.router,
    async ({ state }) => (await look(scene, state, source)).step,
    scene.host.signal,
  );
  return decided;
}

/** Ticks until the rollout ends or this job's time is over; the rollout itself needs no job. */
async function untilDone(scene: Scene): Promise<Step> {
  const { inputs, host, place } = scene;
  const until = host.now().getTime() + inputs['wait-limit'];
  const rollout = openRollout((await place.read()).state);
  const source = rollout && sourceOf(rollout.metricSource, rollout, host);
  for (;;) {
    const step = await once(scene, source);
    const open = openRollout(step.state);
    host.log.progress(`${step.decision}: ${step.reason}`);
    const now = host.now().getTime();
    if (!open || step.decision === 'undecided' || now >= until) return step;
    await delay(Math.min(duration.parse(open.policy.interval), until - now), undefined, {
      signal: host.signal,
    });
  }
}

function refuse(
  scene: Scene,
  reason: string,
  always: boolean,
): Promise<Outcome<(typeof definition)['outputs']>> {
  return finish(
    scene,
    { decision: 'none', reason, actions: [], nextCheck: null },
    { refused: reason, always },
  );
}

const REFUSED: readonly CanaryDecision[] = ['rollback', 'undecided'];

/** Everything after the decision: registry, statement, report, outputs. */
async function finish(
  scene: Scene,
  { decision, reason, nextCheck }: Omit<Step, 'state'>,
  refusal?: { readonly refused: string; readonly always: boolean },
): Promise<Outcome<(typeof definition)['outputs']>> {
  const { inputs, host, router, place } = scene;
  const { state } = await place.read();
  const { rollout } = state;
  const ours =
    rollout && (inputs['run-id'] === undefined || inputs['run-id'] === rollout.runId) ? rollout : null;
  if (decision === 'complete' && ours && !inputs['dry-run']) {
    await moveAlias(inputs, ours, host);
    if (router.setRestartWeight && inputs.target.includes('file='))
      await router.setRestartWeight(state.live === 'canary' ? 100 : 0, host.signal);
  }
  const record =
    ours && !inputs['dry-run'] && decision !== 'none'
      ? await stated(scene, ours, decision, reason)
      : (ours?.record ?? 'none');
  const report = await host.publish(reportOf({ decision, reason, state, inputs, nextCheck }), {
    comment: 'canary',
  });
  const outputs: Out = {
    decision,
    stage: ours ? ours.stage + 1 : 0,
    weight: ours?.weight ?? 0,
    reason,
    deploy: decision === 'complete',
    'next-check': nextCheck === null ? 'none' : new Date(Math.ceil(nextCheck / 1000) * 1000),
    'exposed-requests': ours?.exposed ?? 0,
    state: place.where,
    report,
    'run-id': (ours?.runId ?? inputs['run-id'] ?? 'none') as Out['run-id'],
    record: record as Out['record'],
  };
  const refused = refusal?.refused ?? (REFUSED.includes(decision) ? reason : undefined);
  return {
    outputs,
    sentence: `${decision}: ${reason}`,
    ...(refused === undefined ? {} : { refused }),
    ...(refusal?.always ? { always: true } : {}),
  };
}
