import {
  type Begun,
  begin,
  type Candidate,
  notesOf,
  openRollout,
  otherSlot,
  type RolloutState,
  withInstance,
} from '@sluice/rollout';
import { carryOut, endCommand, history, keepSegments } from '@sluice/steering';
import type { Ended } from './ended.ts';
import { followUp } from './follow-up.ts';
import { greet } from './greet.ts';
import { instanceAsked } from './instance/asked.ts';
import { sourceOf } from './look.ts';
import { keepOnline } from './online/prepare.ts';
import type { Scene } from './scene.ts';
import { candidateOf } from './start.ts';
import { idle } from './ticks.ts';

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
    // what is yet to be brought up is greeted when it serves
    if (!scene.inputs.start) await greet(scene, decide(state).state);
    await keepOnline(scene, candidate.runId);
    // a router that cannot be told whom it is for says so before anything has begun; while another run goes on they are its own
    if (!openRollout(state)) await keepSegments(router, decide(state).state, host.signal);
  }
  const { decided, before } = await carryOut(place, router, (held) => decide(held.state), host.signal);
  if (decided.outcome === 'begun') {
    host.log.info(`began ${candidate.version} of run ${candidate.runId}`);
    const { rollout } = decided.state;
    for (const note of rollout ? notesOf(rollout.evidence) : []) host.log.info(note);
    // nobody is sent there any more, and the new version needs its place
    const old = before.instances?.[otherSlot(decided.state.live)];
    if (old?.process && scene.inputs.start) await endCommand(old);
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
  const instance = await instanceAsked(scene, candidate);
  const past = openRollout(state)
    ? []
    : await history(
        await sourceOf({ ...candidate, candidate: otherSlot(state.live) }, scene, true),
        DAYS,
        host.signal,
      );
  return {
    candidate,
    decide: (now) => {
      const begun = begin(now, candidate, { busy: inputs.busy, now: host.now().getTime(), history: past });
      const slot = begun.state.rollout?.candidate;
      return begun.outcome === 'begun' && instance && slot
        ? { ...begun, state: withInstance(begun.state, slot, instance) }
        : begun;
    },
  };
}
