import { type Percent, SystemError, UserError } from '@sluice/contract';
import { connectKubernetes, type KubernetesObject, type Resource } from '@sluice/kubernetes';
import { basisPoints } from '../limits.ts';
import type {
  Capabilities,
  Router,
  RouterKind,
  RouterOptions,
  RouterState,
  Segments,
  Slot,
} from '../router.ts';
import { imagesBehind } from './pod-images.ts';
import { RoutedObject } from './routed-object.ts';
import type { ObjectTarget } from './target.ts';

/** How one kind of objects says who is sent where. */
export interface Split<T extends KubernetesObject> {
  readonly kind: RouterKind;
  readonly can: Capabilities;
  readonly slots: Readonly<Record<Slot, string>>;
  /** Share of slot `canary`, in percent. */
  share(object: T): Percent;
  /** Another share, in hundredths of a percent, as a merge patch; undefined where it is the same already. */
  moved(object: T, points: number): object | undefined;
  /** Whether the programs that follow the object have said that they have seen it as it is now. */
  takenUp?(object: T): boolean;
  notes?(object: T): readonly string[];
  /** Why the programs that follow the object do not take what it says; undefined: they do, or have not said it. */
  refused?(object: T): string | undefined;
  /** Where the share can count for some users alone. */
  readonly segments?: SegmentSplit<T>;
  /** The slots are no Services, so that which Pods serve them cannot be known. */
  readonly withoutServices?: true;
}

/** How one kind of objects says whom the share counts for. */
export interface SegmentSplit<T extends KubernetesObject> {
  /** Whom it counts for; a header without values: nobody. */
  segments(object: T): Segments;
  /** Others, as a merge patch; undefined where it is the same already. @throws UserError where it cannot be said */
  told(object: T, segments: Segments, outside: Slot): object | undefined;
}

/** A router whose split is written in one object of the API, as it is to be: the state lies beside it. */
class ObjectRouter<T extends KubernetesObject> implements Router {
  readonly kind: RouterKind;
  readonly target: string;
  readonly can: Capabilities;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly state: RouterState;
  readonly images?: Router['images'] & {};
  readonly segments?: Router['segments'] & {};
  readonly setSegments?: Router['setSegments'] & {};
  readonly #object: RoutedObject<T>;
  readonly #split: Split<T>;
  readonly #timeout: number;

  constructor(target: string, object: RoutedObject<T>, split: Split<T>, timeout: number) {
    this.target = target;
    this.kind = split.kind;
    this.can = split.can;
    this.slots = split.slots;
    this.#object = object;
    this.#split = split;
    this.#timeout = timeout;
    this.state = object.state((now, percent) => split.moved(now, basisPoints(percent)));
    const { cluster, at } = object;
    if (!split.withoutServices)
      this.images = (slot, signal) => imagesBehind(cluster, at.namespace, this.slots[slot], signal);
    const { segments } = split;
    if (!segments) return;
    this.segments = async (signal) => segments.segments(await object.read(signal));
    this.setSegments = (wanted, outside, signal) => this.#tell(segments, wanted, outside, signal);
  }

  async identity(signal?: AbortSignal): Promise<string> {
    return `${this.#object.at.resource.kind}:${(await this.#object.read(signal)).metadata.uid}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    return this.#split.share(await this.#object.read(signal));
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const points = basisPoints(percent);
    const object = await this.#object.write((now) => this.#split.moved(now, points), signal);
    const now = this.#split.share(object);
    if (now !== points / 100)
      throw new SystemError(
        `${this.#object.name} was told to send ${percent} % of the requests to the canary and says ${now} %. Something in the cluster changes what is written to it.`,
      );
    await this.#settled(signal);
  }

  async notes(signal?: AbortSignal): Promise<readonly string[]> {
    return this.#split.notes?.(await this.#object.read(signal)) ?? [];
  }

  /** Once all users are at the slot that stays, nobody needs to be told apart any more. */
  async close(live: Slot, signal?: AbortSignal): Promise<void> {
    const { segments } = this.#split;
    if (!segments) return;
    await this.#object.write(
      (now) =>
        this.#split.share(now) === (live === 'canary' ? 100 : 0) ? segments.told(now, {}, live) : undefined,
      signal,
    );
  }

  /** What is told and then refused is taken back: a route that no gateway takes may serve nobody. */
  async #tell(
    split: SegmentSplit<T>,
    wanted: Segments,
    outside: Slot,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const before = await this.#object.read(signal);
    const written = await this.#object.write((now) => split.told(now, wanted, outside), signal);
    if (written.metadata.resourceVersion === before.metadata.resourceVersion) return;
    await this.#settled(signal);
    const refused = this.#split.refused?.(await this.#object.read(signal));
    if (refused === undefined || this.#split.refused?.(before) !== undefined) return;
    const told = split.segments(before);
    const gone = Object.values(told).some((values) => values.length === 0);
    await this.#object.write((now) => split.told(now, gone ? {} : told, outside), signal);
    throw new UserError(
      `segments: ${refused}. ${this.#object.name} was put back as it was; its gateway may know no patterns for headers, then name ?segments=exact in the target.`,
    );
  }

  /** Who is slow to take the object up is no error: the next look says it. */
  async #settled(signal: AbortSignal | undefined): Promise<void> {
    const { takenUp } = this.#split;
    if (!takenUp) return;
    const { cluster, at } = this.#object;
    await cluster.until<T>(at, (now) => now === undefined || takenUp(now), {
      timeout: this.#timeout,
      signal,
    });
  }
}

/** Reads the object that a target names, and lets `split` find the slots in it. @throws UserError, SystemError */
export async function openObject<T extends KubernetesObject>(
  { target, env = {}, timeout = 5000, signal }: RouterOptions,
  { namespace, name, options }: Pick<ObjectTarget<never>, 'namespace' | 'name' | 'options'>,
  resource: Resource,
  split: (object: T) => Split<T>,
): Promise<Router> {
  const cluster = await connectKubernetes({ env, context: options.context });
  const object = new RoutedObject<T>(cluster, { resource, namespace, name });
  const now = await object.read(signal);
  const how = split(now);
  how.share(now);
  return new ObjectRouter(target, object, how, timeout);
}
