import { type Percent, SystemError } from '@sluice/contract';
import { connectKubernetes, type KubernetesObject, type Resource } from '@sluice/kubernetes';
import { basisPoints } from '../limits.ts';
import type { Capabilities, Router, RouterKind, RouterOptions, RouterState, Slot } from '../router.ts';
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
}

/** A router whose split is written in one object of the API, as it is to be: the state lies beside it. */
class ObjectRouter<T extends KubernetesObject> implements Router {
  readonly kind: RouterKind;
  readonly target: string;
  readonly can: Capabilities;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly state: RouterState;
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
