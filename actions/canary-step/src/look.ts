import { duration, messageOf, type RecordRef, UserError } from '@sluice/contract';
import { openRecord } from '@sluice/record';
import { openRollout, type Rollout, type RolloutState, type Step, tick } from '@sluice/rollout';
import {
  addressOf,
  apiKeyOf,
  drawUsers,
  imageBehind,
  keepSegments,
  observe,
  withLogin,
} from '@sluice/steering';
import { type MetricSource, openMetrics } from '@sluice/telemetry';
import { bucketOf } from '@sluice/traffic';
import { type Checked, mismatch } from './identity-check.ts';
import { sourceParts } from './metrics.ts';
import { evaluateOnline } from './online/evaluate.ts';
import type { Scene } from './scene.ts';
import { toKnow } from './to-know.ts';

/** What names the figures of a rollout, also of one that has not begun. */
type Judged = Pick<Rollout, 'metricSource' | 'policy' | 'runId' | 'version' | 'candidate'>;

/**
 * The figures of a rollout, by the names that the router itself gives its slots. Before it begins (`ahead`) users are sorted by the
 * hash that it will draw them with, so that the users it gets are compared with their own past.
 */
export async function sourceOf(
  { metricSource, policy, runId, version, candidate }: Judged,
  { router, host }: Scene,
  ahead = false,
): Promise<MetricSource> {
  const salted = ahead ? router.can.salt : (await router.salt?.(host.signal)) === runId;
  return openMetrics({
    ...withLogin(sourceParts(metricSource).metrics, host.env, host.workspace),
    // the live version's name is not known, but it is another
    versions: { [candidate]: version },
    step: duration.parse(policy.interval),
    ...router.slots,
    ...(router.frontend ? { frontend: router.frontend } : {}),
    ...(salted ? { bucketOf: (cell: number) => bucketOf(cell, runId) } : {}),
  });
}

/** Sees and judges. `source` is kept between looks, so that a log is read on where the last look stopped. */
export async function look(scene: Scene, state: RolloutState, source?: MetricSource): Promise<Step> {
  const { inputs, host, router } = scene;
  const rollout = openRollout(state);
  if (!inputs['dry-run']) await keepSegments(router, state, host.signal);
  if (rollout && !inputs['dry-run']) await drawUsers(router, rollout.runId, host.signal);
  const from = rollout && (source ?? (await sourceOf(rollout, scene)));
  const checked = rollout ? await check(rollout, scene) : [];
  const problem = checked.find((one) => one.problem !== undefined)?.problem;
  const { observations, notes } = await observe(router, from, rollout ?? null, problem, host.signal);
  const evaluated = rollout && (await evaluateOnline(scene, rollout, observations));
  const now = host.now().getTime();
  const step = tick(state, evaluated?.observations ?? observations, now);
  const alerts = toKnow(state, step, now);
  const found = [
    ...notes,
    ...(evaluated?.notes ?? []),
    ...checked.flatMap(({ note }) => note ?? []),
    ...alerts,
  ];
  for (const text of found) host.log.warn(text);
  // of several looks the last one counts
  scene.notes.splice(0, scene.notes.length, ...found);
  scene.alerts.splice(0, scene.alerts.length, ...alerts);
  return step;
}

/**
 * Whether the record still proves the candidate, and what stands in its slot is what it proves: the image that its Pods run, the name that
 * its server says.
 */
async function check(rollout: Rollout, scene: Scene): Promise<readonly Checked[]> {
  const { inputs, host, router } = scene;
  const { candidate, image } = rollout;
  const record = await recordOf(rollout, scene);
  if (record.problem !== undefined) return [record];
  const run = await imageBehind(router, candidate, image, host.signal);
  const given = inputs[candidate];
  const endpoint = await addressOf(router, candidate, given, host.signal);
  if (run.problem !== undefined || endpoint === undefined) return [run];
  const asked = { endpoint, given: given !== undefined, apiKey: apiKeyOf(inputs, host) };
  return [run, await mismatch(rollout, asked, host.signal)];
}

/** What is decided has to be stated in the record that the rollout was begun on. One that is gone or was changed proves nothing any more. */
async function recordOf({ record }: Rollout, { store, host }: Scene): Promise<Checked> {
  if (record === 'none') return {};
  try {
    await openRecord(record as RecordRef, store);
    return {};
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return { problem: `the record that proves it cannot be read: ${messageOf(error)}` };
  }
}
