import { connect, DEFAULT_PROMPTS, warmUp } from '@sluice/inference';
import {
  type Begun,
  begin,
  type Candidate,
  openRollout,
  otherSlot,
  type RolloutState,
} from '@sluice/rollout';
import { addressOf, apiKeyOf, carryOut, history } from '@sluice/steering';
import { followUp } from './follow-up.ts';
import { mismatch } from './identity-check.ts';
import { sourceOf } from './look.ts';
import { keepOnline } from './online/prepare.ts';
import type { Scene } from './scene.ts';
import { candidateOf } from './start.ts';
import { type Ended, idle } from './ticks.ts';

/** Days of the baseline's own past that a judge may be calibrated on. */
const DAYS = 7;

/** Why a rollout was not begun. `finished`: it was, and was judged. */
export interface NotBegun {
  readonly outcome: 'unproven' | 'busy' | 'finished';
  readonly reason: string;
}

/** Begins the rollout that was asked for, unless it is under way. */
export async function beginRollout(scene: Scene, state: RolloutState): Promise<NotBegun | undefined> {
  const { host, router, place } = scene;
  const asked = await ask(scene, state);
  if ('outcome' in asked) return asked;
  const { candidate, decide } = asked;
  if (decide(state).outcome === 'begun') {
    await greet(scene, decide(state).state);
    await keepOnline(scene, candidate.runId);
  }
  const { decided, before } = await carryOut(place, router, (held) => decide(held.state), host.signal);
  if (decided.outcome === 'begun') {
    host.log.info(`began ${candidate.version} of run ${candidate.runId}: ${decided.reason}`);
    await followUp(scene, before, { state: decided.state, decision: 'hold', reason: decided.reason });
  }
  return refusal(decided);
}

/** The same without touching anything. */
export async function wouldBegin(scene: Scene, state: RolloutState): Promise<Ended> {
  const asked = await ask(scene, state);
  if ('outcome' in asked) return idle(state, asked.reason);
  const { candidate, decide } = asked;
  const { outcome, reason } = decide(state);
  const what = `${candidate.version} of run ${candidate.runId} on ${scene.inputs.target}`;
  return idle(state, outcome === 'begun' ? `would begin ${what}` : reason);
}

/** Users are at the version that was asked for: that is no refusal. */
function refusal({ outcome, reason, state }: Begun): NotBegun | undefined {
  if (outcome === 'begun' || outcome === 'going-on') return undefined;
  if (outcome === 'finished' && state.rollout?.phase !== 'rolled-back') return undefined;
  return { outcome, reason };
}

interface Asked {
  readonly candidate: Candidate;
  readonly decide: (state: RolloutState) => Begun;
}

async function ask(scene: Scene, state: RolloutState): Promise<Asked | NotBegun> {
  const { inputs, host, store } = scene;
  const candidate = await candidateOf(inputs, store, host);
  if ('refused' in candidate) return { outcome: 'unproven', reason: candidate.refused };
  const past = openRollout(state)
    ? []
    : await history(
        await sourceOf({ ...candidate, candidate: otherSlot(state.live) }, scene, true),
        DAYS,
        host.signal,
      );
  return {
    candidate,
    decide: (now) => begin(now, candidate, { busy: inputs.busy, now: host.now().getTime(), history: past }),
  };
}

/** A new candidate is warmed up before anybody sees it. One that does not serve the version yet is waited for by the ticks. */
async function greet({ inputs, host, router }: Scene, { rollout }: RolloutState): Promise<void> {
  if (!rollout || inputs.warmup === 0) return;
  const given = inputs[rollout.candidate];
  const endpoint = await addressOf(router, rollout.candidate, given, host.signal);
  if (endpoint === undefined) return;
  const apiKey = apiKeyOf(inputs, host);
  const wrong = await mismatch(rollout, { endpoint, given: true, apiKey }, host.signal);
  if (wrong.problem !== undefined) {
    host.log.warn(`not warmed up: ${wrong.problem}`);
    return;
  }
  host.log.info(`warming up ${rollout.version} with ${inputs.warmup} requests`);
  const answers = await warmUp({
    client: connect({ endpoint, apiKey, signal: host.signal }),
    model: rollout.version,
    prompts: DEFAULT_PROMPTS,
    maxTokens: 16,
    requests: inputs.warmup,
  });
  host.signal.throwIfAborted();
  const failed = answers.filter((answer) => !answer.ok).length;
  if (failed > 0)
    host.log.warn(`${failed} of ${answers.length} requests of the warm-up were not answered as they should`);
}
