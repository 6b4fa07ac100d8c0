import { type Percent, SystemError, UserError } from '@sluice/contract';
import { connectKubernetes, isConflict } from '@sluice/kubernetes';
import { noteOf, SLOTS } from '../kubernetes/noted-slots.ts';
import { imagesBehind } from '../kubernetes/pod-images.ts';
import { RoutedObject } from '../kubernetes/routed-object.ts';
import { parseObjectTarget } from '../kubernetes/target.ts';
import { basisPoints } from '../limits.ts';
import type { Capabilities, PodImages, Router, RouterOptions, RouterState, Slot } from '../router.ts';
import {
  type ArgoRollout,
  aimIn,
  candidateOf,
  moved,
  ofCandidate,
  shareIn,
  stableSlot,
  steered,
  wholeOf,
} from './rollout.ts';
import { RESTING } from './steps.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: false,
  state: true,
  mirror: false,
  salt: false,
  // where the traffic router has no larger whole (`maxTrafficWeight`)
  precision: 1,
};

/**
 * Argo's controller (1.9) puts the answer to its own write over a newer value that its watch has brought in the meantime, and so overlooks
 * a change that was made right then, until its next resync (15 minutes). Any further event lets it look again.
 */
const NUDGE = 'sluice/nudge';
/** After this long without the change it may have been overlooked, ms. */
const OVERLOOKED = 2000;

const RESOURCE = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  namespaced: true,
};

/**
 * Argo Rollouts: the steps of a Rollout are written for each share, and Argo's controller follows them with its traffic router.
 * A promotion makes the candidate Argo's stable version, so which slot that is, is noted beside the state.
 */
class ArgoRolloutsRouter implements Router {
  readonly kind = 'argo-rollouts';
  readonly target: string;
  readonly can: Capabilities;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly state: RouterState;
  readonly #object: RoutedObject<ArgoRollout>;
  readonly #timeout: number;

  constructor(target: string, object: RoutedObject<ArgoRollout>, timeout: number, now: ArgoRollout) {
    this.target = target;
    this.#object = object;
    this.#timeout = timeout;
    this.can = { ...can, precision: 100 / wholeOf(now) };
    const { stableService = 'stable', canaryService = 'canary' } = now.spec.strategy?.canary ?? {};
    // Argo's Services change roles with every promotion
    this.slots =
      stableSlot(now) === 'stable'
        ? { stable: stableService, canary: canaryService }
        : { stable: canaryService, canary: stableService };
    this.state = object.state((rollout, percent) => moved(rollout, basisPoints(percent) / 100));
  }

  async identity(signal?: AbortSignal): Promise<string> {
    return `Rollout:${(await this.#object.read(signal)).metadata.uid}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    return shareIn(await this.#object.read(signal));
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const wanted = basisPoints(percent) / 100;
    await this.#object.write((now) => moved(now, wanted), signal);
    if (await this.#until((now) => shareIn(now) === wanted, signal)) return;
    const now = await this.#object.read(signal);
    // on the way up Argo waits for Pods, and the users are well where they are
    if (ofCandidate(now, shareIn(now)) < ofCandidate(now, wanted)) return;
    throw new SystemError(
      `${this.#object.name} was told to send ${wanted} % of the requests to slot canary, and after ${this.#timeout} ms Argo Rollouts still sends ${shareIn(now)} %. Is its controller running? 'kubectl describe rollout' has its events.`,
    );
  }

  /** After a rollback Argo's candidate is aborted and its Pods go; after a completed one it is promoted. */
  async close(live: Slot, signal?: AbortSignal): Promise<void> {
    for (const end = Date.now() + this.#timeout; ; ) {
      try {
        return await this.#close(live, signal);
      } catch (error) {
        // the controller was faster with something else: looked at again
        if (!isConflict(error) || Date.now() > end) throw error;
      }
    }
  }

  async #close(live: Slot, signal: AbortSignal | undefined): Promise<void> {
    const now = await this.#object.read(signal);
    const candidate = candidateOf(now);
    if (candidate === undefined) return await this.#rest(signal);
    // a version that came since has nothing to do with the rollout that is closed
    if (candidate !== steered(now)) return;
    if (live === stableSlot(now)) {
      if (now.status?.abort || shareIn(now) !== aimIn(now)) return;
      await this.#say({ abort: true }, now, signal);
      await this.#until(({ status }) => status?.abort === true && status.phase === 'Degraded', signal);
      return;
    }
    await this.#say({ promoteFull: true }, now, signal);
    if (await this.#until((rollout) => rollout.status?.stableRS === candidate, signal))
      await this.#rest(signal);
  }

  async wrong(signal?: AbortSignal): Promise<string | undefined> {
    const now = await this.#object.read(signal);
    const [candidate, known] = [candidateOf(now), steered(now)];
    if (candidate === undefined || known === undefined || candidate === known) return undefined;
    if (ofCandidate(now, shareIn(now)) === 0) return undefined;
    return `the template of ${this.#object.name} has changed since its share was set: Argo Rollouts sends users to ${candidate}, not to ${known}`;
  }

  async notes(signal?: AbortSignal): Promise<readonly string[]> {
    const now = await this.#object.read(signal);
    if (shareIn(now) === aimIn(now)) return [];
    const { phase = 'no phase', message } = now.status ?? {};
    return [
      `Argo Rollouts sends ${shareIn(now)} % to slot canary and is on its way to ${aimIn(now)} % (${phase}${message ? `: ${message}` : ''})`,
    ];
  }

  async images(slot: Slot, signal?: AbortSignal): Promise<readonly PodImages[]> {
    const { cluster, at } = this.#object;
    return await imagesBehind(cluster, at.namespace, this.slots[slot], signal);
  }

  /** The next image is brought up and sent nobody, instead of going through the last rollout's steps. */
  async #rest(signal: AbortSignal | undefined): Promise<void> {
    await this.#object.write((now) => {
      const { steps } = now.spec.strategy?.canary ?? {};
      const slots = noteOf({ slot: stableSlot(now), version: String(now.status?.stableRS) });
      const done =
        JSON.stringify(steps) === JSON.stringify(RESTING) && now.metadata.annotations?.[SLOTS] === slots;
      if (done || candidateOf(now) !== undefined) return undefined;
      return {
        metadata: { annotations: { [SLOTS]: slots } },
        spec: { strategy: { canary: { steps: RESTING } } },
      };
    }, signal);
  }

  /** What kubectl's plugin for Argo Rollouts does for `abort` and `promote --full`. */
  async #say(status: object, { metadata }: ArgoRollout, signal: AbortSignal | undefined): Promise<void> {
    const body = { metadata: { resourceVersion: metadata.resourceVersion }, status };
    const { cluster, at } = this.#object;
    await cluster.patch(at, { type: 'merge', body }, { subresource: 'status', signal });
  }

  async #until(holds: (now: ArgoRollout) => boolean, signal: AbortSignal | undefined): Promise<boolean> {
    const { cluster, at } = this.#object;
    const done = (now: ArgoRollout | undefined) => now === undefined || (observed(now) && holds(now));
    for (const end = Date.now() + this.#timeout; ; ) {
      const timeout = Math.max(1, Math.min(OVERLOOKED, end - Date.now()));
      if (await cluster.until<ArgoRollout>(at, done, { timeout, signal })) return true;
      if (Date.now() >= end) return false;
      const body = { metadata: { annotations: { [NUDGE]: new Date().toISOString() } } };
      await cluster.patch(at, { type: 'merge', body }, { signal });
    }
  }
}

const observed = ({ metadata, status }: ArgoRollout) =>
  Number(status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

/** Opens a Rollout. @throws UserError where it is no canary with a traffic router, SystemError */
export async function openArgoRollouts(options: RouterOptions): Promise<Router> {
  const { namespace, name, options: asked } = parseObjectTarget(options.target, ['Rollout'], []);
  const cluster = await connectKubernetes({ env: options.env ?? {}, context: asked.context });
  const object = new RoutedObject<ArgoRollout>(cluster, { resource: RESOURCE, namespace, name });
  const now = await object.read(options.signal);
  const canary = now.spec.strategy?.canary;
  if (!canary) throw new UserError(`${object.name} is not of the strategy canary, and has no share to set.`);
  if (!canary.trafficRouting)
    throw new UserError(
      `${object.name} has no trafficRouting: Argo Rollouts would split by the number of Pods, which keeps no share. Give it a traffic router, stableService and canaryService.`,
    );
  return new ArgoRolloutsRouter(options.target, object, options.timeout ?? 10_000, now);
}
