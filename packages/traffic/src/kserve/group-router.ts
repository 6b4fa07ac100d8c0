import { setTimeout as sleep } from 'node:timers/promises';
import { type Percent, SystemError, UserError } from '@sluice/contract';
import { isConflict, type Kubernetes, type ObjectAt } from '@sluice/kubernetes';
import type { RoutedObject } from '../kubernetes/routed-object.ts';
import { decodeAnnotation } from '../kubernetes/state-annotation.ts';
import { basisPoints } from '../limits.ts';
import type {
  Capabilities,
  HeldState,
  PodImages,
  Router,
  RouterState,
  Slot,
  StateWritten,
} from '../router.ts';
import {
  checkGroup,
  type LlmService,
  shareOf,
  takenUp,
  troubles,
  type Weights,
  type Write,
  weightOf,
  writesTo,
} from './group.ts';
import { servedBy } from './models.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: false,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

/** The slot that stayed when the last rollout was closed: it says which of the two is the next one's candidate. */
const LIVE = 'sluice/live';
/** Names the write that the other object saw last: it grows with each order, so that an old one is refused. */
const ORDER = 'sluice/order';

/** Other writers come and go: so long a write of the other object is tried, ms. */
const PATIENCE = 30_000;
const PAUSE = 50;

const weigh = (weight: number) => ({ spec: { router: { route: { weight } } } });

/**
 * Two LLMInferenceServices of one routing group. The state lies in the object of slot `stable`: it is there before a candidate is
 * brought up in the other one, and stays when that is taken down. Its weight and the state are one write; the other object is
 * written only where users leave its slot altogether or come to it.
 */
export class GroupRouter implements Router {
  readonly kind = 'kserve';
  readonly target: string;
  readonly can = can;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly state: RouterState;
  readonly #own: RoutedObject<LlmService>;
  readonly #other: ObjectAt;
  readonly #timeout: number;
  readonly #held: RouterState;

  constructor(target: string, own: RoutedObject<LlmService>, other: ObjectAt, timeout: number) {
    this.target = target;
    this.#own = own;
    this.#other = other;
    this.#timeout = timeout;
    this.slots = { stable: own.at.name, canary: other.name };
    this.#held = own.state();
    this.state = {
      ...this.#held,
      moves: true,
      compareAndSet: (value, expected, percent, signal) =>
        percent === undefined
          ? this.#held.compareAndSet(value, expected, undefined, signal)
          : this.#decide(value, expected, basisPoints(percent) / 100, signal),
    };
  }

  async identity(signal?: AbortSignal): Promise<string> {
    return `LLMInferenceService:${(await this.#own.read(signal)).metadata.uid}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    return shareOf((await this.#read(signal)).weights);
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const wanted = basisPoints(percent) / 100;
    const { own, weights } = await this.#read(signal);
    if (shareOf(weights) === wanted) await this.#own.write(() => undefined, signal);
    else await this.#writeAll(writesTo(wanted, weights, liveIn(own)), signal);
    const after = await this.weight(signal);
    if (after !== wanted)
      throw new SystemError(
        `${this.#own.name} was told to send ${wanted} % of the requests to slot canary and says ${after} %. Something in the cluster changes what is written to it.`,
      );
    await this.#settled(signal);
  }

  /** The state and the share: the writes before the one with the state, that one, and those after it. */
  async #decide(
    value: unknown,
    expected: HeldState | undefined,
    percent: Percent,
    signal: AbortSignal | undefined,
  ): Promise<StateWritten> {
    const { own, weights } = await this.#read(signal);
    const current = this.#stateIn(own);
    if (current?.token !== expected?.token) return { ok: false, current };
    const writes = writesTo(percent, weights, liveIn(own));
    const turn = writes.findIndex(({ state }) => state);
    const overtaken = await this.#carryOut(writes.slice(0, turn), expected, signal);
    if (overtaken) return { ok: false, current: overtaken.current };
    const { weight } = writes[turn] as Write;
    const held = this.#own.state(() => weigh(weight));
    const written = await held.compareAndSet(value, expected, percent, signal);
    // a step that decides after this one has the last word
    if (written.ok) await this.#carryOut(writes.slice(turn + 1), written.state, signal);
    return written;
  }

  #stateIn({ metadata }: LlmService): HeldState | undefined {
    return decodeAnnotation(metadata.annotations, this.#held.where);
  }

  /** @returns what lies there where the state is not any more the one that is followed */
  async #carryOut(
    writes: readonly Write[],
    followed: HeldState | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly current: HeldState | undefined } | undefined> {
    try {
      await this.#writeAll(writes, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      const current = this.#stateIn(await this.#own.read(signal));
      if (current?.token === followed?.token) throw error;
      return { current };
    }
  }

  async #writeAll(writes: readonly Write[], signal: AbortSignal | undefined): Promise<void> {
    for (const { slot, weight } of writes)
      if (slot === 'canary') await this.#writeOther(weight, signal);
      else await this.#own.write((now) => (weightOf(now) === weight ? undefined : weigh(weight)), signal);
  }

  /**
   * The other object has no state of its own. It is read before the state is looked at, and always changes: a step that was frozen
   * after it had decided finds either another state or another version of the object.
   */
  async #writeOther(weight: number, signal: AbortSignal | undefined): Promise<void> {
    const { cluster } = this.#own;
    for (const end = Date.now() + PATIENCE; ; ) {
      const other = await this.#readOther(signal);
      if (!other && weight === 0) return;
      if (!other) throw absent(this.#other, cluster);
      await this.#own.read(signal);
      await this.#own.write(() => undefined, signal);
      const { resourceVersion, annotations } = other.metadata;
      const order = String(Number(annotations?.[ORDER] ?? 0) + 1);
      const body = { metadata: { resourceVersion, annotations: { [ORDER]: order } }, ...weigh(weight) };
      try {
        await cluster.patch<LlmService>(this.#other, { type: 'merge', body }, { signal });
        return;
      } catch (error) {
        if (!isConflict(error) || Date.now() > end) throw error;
        await sleep(Math.random() * PAUSE, undefined, signal ? { signal } : {});
      }
    }
  }

  async close(live: Slot, signal?: AbortSignal): Promise<void> {
    await this.#own.read(signal);
    await this.#own.write(
      (now) => (liveIn(now) === live ? undefined : { metadata: { annotations: { [LIVE]: live } } }),
      signal,
    );
  }

  async wrong(signal?: AbortSignal): Promise<string | undefined> {
    return (await this.#readOther(signal)) ? undefined : absent(this.#other, this.#own.cluster).message;
  }

  async images(slot: Slot, signal?: AbortSignal): Promise<readonly PodImages[]> {
    const member = slot === 'stable' ? await this.#own.read(signal) : await this.#readOther(signal);
    return member ? [servedBy(member.metadata.name, member.spec)] : [];
  }

  async notes(signal?: AbortSignal): Promise<readonly string[]> {
    const names = Object.values(this.slots);
    const both = [await this.#own.read(signal), await this.#readOther(signal)];
    return both.flatMap((one) => (one ? troubles(one, names) : []));
  }

  async #read(signal: AbortSignal | undefined): Promise<{ own: LlmService; weights: Weights }> {
    const own = await this.#own.read(signal);
    const other = await this.#readOther(signal);
    checkGroup(own, other);
    return { own, weights: { stable: weightOf(own) ?? 0, canary: (other && weightOf(other)) ?? 0 } };
  }

  async #readOther(signal: AbortSignal | undefined): Promise<LlmService | undefined> {
    return await this.#own.cluster.get<LlmService>(this.#other, { signal });
  }

  /** Who is slow to take the weights up is no error: the next look says it. */
  async #settled(signal: AbortSignal | undefined): Promise<void> {
    const { weights } = await this.#read(signal);
    const named = { [this.slots.stable]: weights.stable, [this.slots.canary]: weights.canary };
    const done = (now: LlmService | undefined) => now === undefined || takenUp(now, named);
    const options = { timeout: this.#timeout, signal };
    await Promise.all(
      [this.#own.at, this.#other].map((at) => this.#own.cluster.until<LlmService>(at, done, options)),
    );
  }
}

function liveIn({ metadata }: LlmService): Slot {
  return metadata.annotations?.[LIVE] === 'canary' ? 'canary' : 'stable';
}

function absent({ resource, namespace, name }: ObjectAt, cluster: Kubernetes): UserError {
  return new UserError(
    `${resource.kind} ${namespace}/${name} is not there. It is the object of slot canary (?canary=<name> of the target), in the same routing group and with weight 0; the cluster is ${cluster.server}.`,
  );
}
