import { openState, openStore, type Store } from '@sluice/store';
import { openRouter, type Router } from '@sluice/traffic';
import { type Place, placeOf } from './place.ts';

/** What the inputs of canary-step and rollback say about their target. */
export interface TargetInputs {
  readonly router: string;
  readonly target: string;
  readonly stable?: string | undefined;
  readonly canary?: string | undefined;
  readonly state?: string | undefined;
  readonly 'tracking-uri'?: string | undefined;
}

export interface Surroundings {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A target with everything that is needed to move it. */
export interface Target {
  readonly router: Router;
  readonly place: Place;
  readonly store: Store;
}

/** Opens store, router and state of one target. */
export async function openTarget(
  inputs: TargetInputs,
  { workspace, env, signal }: Surroundings,
): Promise<Target> {
  const trackingUri = inputs['tracking-uri'] ?? env['MLFLOW_TRACKING_URI'];
  const store = await openStore({ trackingUri, workspace, env, signal });
  const { target, stable, canary } = inputs;
  const router = await openRouter({
    kind: inputs.router,
    target,
    signal,
    env,
    workspace,
    ...(stable ? { stable } : {}),
    ...(canary ? { canary } : {}),
  });
  return {
    router,
    store,
    place: placeOf(
      inputs.state === undefined && router.state
        ? router.state
        : openState({ state: inputs.state, router: inputs.router, target, store, workspace }),
      target,
    ),
  };
}
