import { setTimeout as sleep } from 'node:timers/promises';
import { type Percent, SystemError, UserError } from '@sluice/contract';
import {
  isConflict,
  type Kubernetes,
  type KubernetesObject,
  type ObjectAt,
  shownObject,
} from '@sluice/kubernetes';
import type { RouterState, StateWritten } from '../router.ts';
import { ANNOTATION, decodeAnnotation, encodeAnnotation, tokenOf } from './state-annotation.ts';

/** What is to be changed, as a merge patch; undefined where all is as it should be. */
export type Change<T> = (now: T) => object | undefined;

type Patched = { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };

/** Other writers, such as controllers that say how it stands, come and go: so long a write is tried on what they left, ms. */
const PATIENCE = 30_000;
/** Longest pause before the next try, ms: what was read must not be old when it is written. */
const PAUSE = 50;

/**
 * An object that says how traffic is split, and the state of a rollout in its annotation. No write is ever made on a value
 * that somebody else has changed since it was read.
 */
export class RoutedObject<T extends KubernetesObject> {
  readonly cluster: Kubernetes;
  readonly at: ObjectAt;
  /** As it was last seen, by a read or as the answer to a write. */
  #latest: T | undefined;
  /** The state that this process has seen last: a move that follows from it must not be made on another one. */
  #seen: { readonly token: string | undefined } | undefined;

  constructor(cluster: Kubernetes, at: ObjectAt) {
    this.cluster = cluster;
    this.at = at;
  }

  /** `HTTPRoute default/qwen` */
  get name(): string {
    return shownObject(this.at);
  }

  /** @throws UserError where it is not there */
  async read(signal?: AbortSignal): Promise<T> {
    const object = await this.cluster.get<T>(this.at, { signal });
    if (!object)
      throw new UserError(
        `${this.name} is not there. The target names namespace, kind and name; the cluster is ${this.cluster.server}.`,
      );
    this.#latest = object;
    return object;
  }

  /**
   * Changes it.
   * @throws SystemError where the state of the rollout is not any more the one that this process has seen
   */
  async write(change: Change<T>, signal?: AbortSignal): Promise<T> {
    return await this.#retried(signal, async (now, fresh) => {
      const token = tokenIn(now);
      if (this.#seen && this.#seen.token !== token) {
        if (!fresh) return undefined;
        throw new SystemError(
          `${this.name} was not moved: another step has decided since this one did. The next one goes on from there.`,
        );
      }
      const patch = change(now);
      return patch ? await this.#patch(now, patch, signal) : now;
    });
  }

  /** The state in the annotation. `move` is what a share changes; with it, state and share are one write. */
  state(move?: (now: T, percent: Percent) => object | undefined): RouterState {
    const where = `annotation ${ANNOTATION} of ${this.name}`;
    return {
      where,
      moves: move !== undefined,
      read: async (signal) => {
        const held = decodeAnnotation((await this.read(signal)).metadata.annotations, where);
        this.#seen = { token: held?.token };
        return held;
      },
      compareAndSet: async (value, expected, percent, signal) =>
        await this.#retried<StateWritten>(signal, async (now, fresh) => {
          const { annotations } = now.metadata;
          if (tokenIn(now) !== expected?.token)
            return fresh ? { ok: false, current: decodeAnnotation(annotations, where) } : undefined;
          const text = encodeAnnotation(value, annotations);
          const moved: Patched = (percent === undefined ? undefined : move?.(now, percent)) ?? {};
          const kept = { ...moved.metadata?.annotations, [ANNOTATION]: text };
          await this.#patch(now, { ...moved, metadata: { ...moved.metadata, annotations: kept } }, signal);
          const token = tokenOf(text);
          this.#seen = { token };
          return { ok: true, state: { value, token } };
        }),
    };
  }

  /** Works on what was seen last, where that is still it; `work` answers undefined where it needs a fresh read. */
  async #retried<R>(
    signal: AbortSignal | undefined,
    work: (now: T, fresh: boolean) => Promise<R | undefined>,
  ): Promise<R> {
    for (const end = Date.now() + PATIENCE; ; ) {
      const kept = this.#latest;
      const now = kept ?? (await this.read(signal));
      try {
        const done = await work(now, kept === undefined);
        if (done !== undefined) return done;
      } catch (error) {
        if (!isConflict(error) || Date.now() > end) throw error;
        await sleep(Math.random() * PAUSE, undefined, signal ? { signal } : {});
      }
      this.#latest = undefined;
    }
  }

  async #patch(now: T, change: object, signal: AbortSignal | undefined): Promise<T> {
    const { resourceVersion } = now.metadata;
    const body = { ...change, metadata: { ...(change as Patched).metadata, resourceVersion } };
    this.#latest = await this.cluster.patch<T>(this.at, { type: 'merge', body }, { signal });
    return this.#latest;
  }
}

function tokenIn({ metadata }: KubernetesObject): string | undefined {
  const text = metadata.annotations?.[ANNOTATION];
  return text === undefined ? undefined : tokenOf(text);
}
