import { connect, DEFAULT_PROMPTS, warmUp } from '@sluice/inference';
import { begin, type Candidate, openRollout, type RolloutState } from '@sluice/rollout';
import { carryOut, drawUsers, history } from '@sluice/steering';
import { sourceOf } from './look.ts';
import type { Scene } from './scene.ts';
import { candidateOf } from './start.ts';

/** Days of the baseline's own past that a judge may be calibrated on. */
const DAYS = 7;

/** Begins the rollout that was asked for, unless it is under way. Returns why not, in one sentence. */
export async function beginRollout(scene: Scene): Promise<string | undefined> {
  const { inputs, host, store, router, place } = scene;
  const candidate = await candidateOf(inputs, store, host);
  if ('refused' in candidate) return candidate.refused;
  if (inputs['dry-run']) {
    host.log.info(`would begin ${candidate.version} of run ${candidate.runId} on ${inputs.target}`);
    return undefined;
  }
  const open = openRollout((await place.read()).state);
  const past = open ? [] : await history(await sourceOf(candidate, scene), DAYS, host.signal);
  const { decided } = await carryOut(
    place,
    router,
    ({ state }) => begin(state, candidate, { busy: inputs.busy, now: host.now().getTime(), history: past }),
    host.signal,
  );
  if (decided.outcome === 'busy' || decided.outcome === 'finished') return decided.reason;
  if (decided.outcome === 'begun') await greet(scene, decided.state, candidate);
  return undefined;
}

/** A new candidate is warmed up before anybody sees it, and draws other users than the last one did. */
async function greet(
  { inputs, host, router }: Scene,
  state: RolloutState,
  candidate: Candidate,
): Promise<void> {
  await drawUsers(router, candidate.runId, host.signal);
  const endpoint = state.rollout && inputs[state.rollout.candidate];
  if (!endpoint || inputs.warmup === 0) return;
  host.log.info(`warming up ${candidate.version} with ${inputs.warmup} requests`);
  const client = connect({ endpoint, signal: host.signal });
  await warmUp({
    client,
    model: candidate.version,
    prompts: DEFAULT_PROMPTS,
    maxTokens: 16,
    requests: inputs.warmup,
  });
}
