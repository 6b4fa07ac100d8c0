import { begin, newTarget, parsePlan, type RolloutState, readyMade, revert } from '@sluice/rollout';
import { carryOut, placeOf } from '@sluice/steering';
import { openState, openStore } from '@sluice/store';
import type { Gateway } from './gateway.ts';

/** A way to take the users back from a canary that half of them are at. */
export interface Way {
  readonly name: string;
  /** Half of the users at the canary. */
  prepare(): Promise<void>;
  /** From the decision until the way itself says that it is done. */
  back(): Promise<void>;
}

/** What the action `rollback` does: closes the state by compare-and-set, then moves the router over its admin socket and reads it back. */
export async function sluice(gateway: Gateway): Promise<Way> {
  const { folder, router, target } = gateway;
  const store = await openStore({ workspace: folder, env: {} });
  const place = placeOf(openState({ router: 'haproxy', target, store, workspace: folder }), target);
  const { signal } = new AbortController();
  const state = halfWay(target);
  return {
    name: 'rollback: state closed, admin socket, read back',
    prepare: async () => {
      if (!(await place.write(await place.read(), state))) throw new Error('somebody else wrote the state');
      await router.setWeight(50);
    },
    back: async () => {
      const { decided } = await carryOut(
        place,
        router,
        (held) => revert(held.state, 'run-0000-0001', 'bench', Date.now()),
        signal,
      );
      if (!decided.reverted) throw new Error(decided.reason);
    },
  };
}

/** The peer: the share in the configuration file, and a reload. No state is kept. */
export function configReload({ reload }: Gateway): Way {
  return {
    name: 'peer: file written, haproxy reloaded',
    prepare: () => reload(50),
    back: () => reload(0),
  };
}

/** A rollout that has half of the users. */
export function halfWay(target: string): RolloutState {
  const now = Date.now();
  const candidate = {
    runId: 'run-0000-0001',
    record: 'none',
    identity: { model: 'unproven' },
    image: 'none',
    version: 'qwen-v1.1.0',
    plan: parsePlan('50@1h,100@1h'),
    policy: readyMade('classic'),
    metricSource: 'access.log',
  };
  const { state } = begin(newTarget(target), candidate, { busy: 'refuse', now, history: [] });
  if (!state.rollout) throw new Error('no rollout was begun');
  return {
    ...state,
    rollout: {
      ...state.rollout,
      phase: 'running',
      stage: 0,
      weight: 50,
      stages: [{ start: now, lost: 0, requests: 0 }],
    },
  };
}
