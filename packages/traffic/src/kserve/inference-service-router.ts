import { type Percent, SystemError, UserError } from '@sluice/contract';
import { isConflict } from '@sluice/kubernetes';
import { otherSlot } from '../kubernetes/noted-slots.ts';
import type { RoutedObject } from '../kubernetes/routed-object.ts';
import { basisPoints } from '../limits.ts';
import type { Capabilities, PodImages, Router, RouterState, Slot } from '../router.ts';
import {
  askedOfLatest,
  givenToLatest,
  type InferenceService,
  ofLatest,
  revisionsOf,
  shareIn,
} from './inference-service.ts';
import { servedBy } from './models.ts';
import { beingPromoted, closed, keeping, keptOf, moved, notesOf, wrongIn } from './moves.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: false,
  state: true,
  mirror: false,
  salt: false,
  precision: 1,
};

/**
 * KServe's InferenceService on Knative: one object whose last change is the candidate, with `canaryTrafficPercent` as its share. KServe's
 * controller follows it, so a share that is taken back is waited for.
 */
export class InferenceServiceRouter implements Router {
  readonly kind = 'kserve';
  readonly target: string;
  readonly can = can;
  readonly state: RouterState;
  readonly #object: RoutedObject<InferenceService>;
  readonly #timeout: number;
  #slots: Readonly<Record<Slot, string>>;

  constructor(
    target: string,
    object: RoutedObject<InferenceService>,
    timeout: number,
    now: InferenceService,
  ) {
    this.target = target;
    this.#object = object;
    this.#timeout = timeout;
    this.#slots = slotsOf(now);
    const held = object.state((service, percent) => moved(service, basisPoints(percent) / 100));
    this.state = {
      ...held,
      compareAndSet: async (value, expected, percent, signal) => {
        const written = await held.compareAndSet(value, expected, percent, signal);
        if (written.ok) await object.write(keeping, signal);
        return written;
      },
    };
  }

  /** Revisions as they were last seen: the candidate's has no name before its model is put in. */
  get slots(): Readonly<Record<Slot, string>> {
    return this.#slots;
  }

  async identity(signal?: AbortSignal): Promise<string> {
    return `InferenceService:${(await this.#object.read(signal)).metadata.uid}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    const now = await this.#object.read(signal);
    this.#slots = slotsOf(now);
    return shareIn(now);
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const wanted = basisPoints(percent) / 100;
    await this.#object.read(signal);
    const written = await this.#object.write((now) => moved(now, wanted), signal);
    if (askedIn(written) !== wanted)
      throw new SystemError(
        `${this.#object.name} was told to send ${wanted} % of the requests to slot canary and says ${askedIn(written)} %. Something in the cluster changes what is written to it.`,
      );
    await this.#followed(signal);
  }

  /** KServe waits for Pods on the way up, and the users are well where they are; on the way down they are not. */
  async #followed(signal: AbortSignal | undefined): Promise<void> {
    const { cluster, at, name } = this.#object;
    const timeout = this.#timeout;
    const done = (now: InferenceService | undefined) => now === undefined || surplus(now) === 0;
    if (await cluster.until<InferenceService>(at, done, { timeout, signal })) return;
    const now = await this.#object.read(signal);
    if (surplus(now) <= 0) return;
    throw new SystemError(
      `${name} asks for ${askedOfLatest(now, revisionsOf(now))} % at ${revisionsOf(now).latest}, and after ${timeout} ms KServe still sends it ${surplus(now)} % more. Is KServe's controller running? 'kubectl describe inferenceservice' has its events.`,
    );
  }

  /** After a completed rollout KServe promotes the candidate; after a rollback the earlier model lies in the specification again. */
  async close(live: Slot, signal?: AbortSignal): Promise<void> {
    const { cluster, at } = this.#object;
    const done = (now: InferenceService | undefined) => now === undefined || !beingPromoted(now, live);
    // where it does not come to that in time, the next tick looks again
    await cluster.until<InferenceService>(at, done, { timeout: this.#timeout, signal });
    await this.#object.read(signal);
    try {
      await this.#object.write((now) => closed(now, live), signal);
    } catch (error) {
      // somebody writes it all the time: the next tick puts it in order
      if (!isConflict(error)) throw error;
    }
  }

  async wrong(signal?: AbortSignal): Promise<string | undefined> {
    return wrongIn(await this.#object.read(signal));
  }

  unfit(kind: string): string | undefined {
    if (kind !== 'InferenceService') return undefined;
    return 'whose live version lies in the same object. Leave start out, and put the new model into it once the rollout has begun, with canaryTrafficPercent: 0 in the same change';
  }

  /** What the predictor of a slot's revision names; that of one that is not the latest is known where it was seen here. */
  async images(slot: Slot, signal?: AbortSignal): Promise<readonly PodImages[]> {
    const now = await this.#object.read(signal);
    const { latest, slotOfLatest, other } = revisionsOf(now);
    if (slot === slotOfLatest) return [servedBy(latest, now.spec.predictor)];
    const kept = keptOf(now, other);
    if (kept) return [servedBy(String(other), kept)];
    throw new UserError(`the predictor of ${other ?? `slot ${slot}`} was never seen here`);
  }

  async notes(signal?: AbortSignal): Promise<readonly string[]> {
    const now = await this.#object.read(signal);
    const late = surplus(now);
    const asked = askedOfLatest(now, revisionsOf(now));
    return late === 0
      ? notesOf(now)
      : [
          ...notesOf(now),
          `KServe sends ${asked + late} % to ${revisionsOf(now).latest} and is on its way to ${asked} %`,
        ];
  }
}

const askedIn = (now: InferenceService): Percent => {
  const revisions = revisionsOf(now);
  return ofLatest(revisions, askedOfLatest(now, revisions));
};

/** By how much the latest revision gets more than is asked for; negative: less. */
function surplus(now: InferenceService): number {
  const revisions = revisionsOf(now);
  const asked = askedOfLatest(now, revisions);
  return (givenToLatest(now, revisions) ?? asked) - asked;
}

/** Revisions, as the metrics of Knative name them. */
function slotsOf(now: InferenceService): Readonly<Record<Slot, string>> {
  const { latest, slotOfLatest, other } = revisionsOf(now);
  const beside = otherSlot(slotOfLatest);
  return { stable: '', canary: '', [slotOfLatest]: latest, [beside]: other ?? beside };
}
