import { type Percent, SystemError } from '@sluice/contract';
import { connectKubernetes } from '@sluice/kubernetes';
import { RoutedObject } from '../kubernetes/routed-object.ts';
import { parseObjectTarget } from '../kubernetes/target.ts';
import { basisPoints } from '../limits.ts';
import type { Capabilities, Router, RouterOptions, RouterState, Slot } from '../router.ts';
import { type Route, type Slots, type Steered, shareIn, slotsIn, withShare } from './route.ts';
import { takenUp, troubles } from './standing.ts';

const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: true,
  state: true,
  mirror: false,
  salt: false,
  precision: 0.01,
};

const KINDS = ['HTTPRoute', 'GRPCRoute'];

/**
 * Kubernetes Gateway API: the weights of two backends in the rules of a route. Which users a rule is for is said by its matches,
 * so a segment is a rule of its own; within it each request is drawn anew.
 */
class GatewayApiRouter implements Router {
  readonly kind = 'gateway-api';
  readonly target: string;
  readonly can = can;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly state: RouterState;
  readonly #object: RoutedObject<Route>;
  readonly #steered: Steered;
  readonly #timeout: number;

  constructor(target: string, object: RoutedObject<Route>, steered: Steered, timeout: number) {
    this.target = target;
    this.slots = steered.slots;
    this.#object = object;
    this.#steered = steered;
    this.#timeout = timeout;
    this.state = object.state((route, percent) => this.#moved(route, percent));
  }

  async identity(signal?: AbortSignal): Promise<string> {
    return `${this.#object.at.resource.kind}:${(await this.#object.read(signal)).metadata.uid}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    return shareIn(await this.#object.read(signal), this.#steered);
  }

  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const route = await this.#object.write((now) => this.#moved(now, percent), signal);
    const now = shareIn(route, this.#steered);
    if (now !== percent)
      throw new SystemError(
        `${this.#object.name} was told to send ${percent} % of the requests to the canary and says ${now} %. Something in the cluster changes what is written to it.`,
      );
    await this.#settled(signal);
  }

  async notes(signal?: AbortSignal): Promise<readonly string[]> {
    return troubles(await this.#object.read(signal));
  }

  #moved(route: Route, percent: Percent): object | undefined {
    const rules = withShare(route, basisPoints(percent), this.#steered);
    return rules && { spec: { rules } };
  }

  /** The gateways say when they have taken a route up. One that is slow is no error: the next look says it. */
  async #settled(signal: AbortSignal | undefined): Promise<void> {
    const { cluster, at } = this.#object;
    await cluster.until<Route>(at, (route) => route === undefined || takenUp(route), {
      timeout: this.#timeout,
      signal,
    });
  }
}

/** Opens a route and finds the two backends in it. @throws UserError, SystemError */
export async function openGatewayApi(options: RouterOptions): Promise<Router> {
  const {
    namespace,
    kind,
    name,
    options: asked,
  } = parseObjectTarget(options.target, KINDS, ['stable', 'canary', 'rule']);
  const cluster = await connectKubernetes({ env: options.env ?? {}, context: asked.context });
  const resource = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: true,
  };
  const object = new RoutedObject<Route>(cluster, { resource, namespace, name });
  const route = await object.read(options.signal);
  const given = (slots: {
    readonly stable?: string | undefined;
    readonly canary?: string | undefined;
  }): Partial<Slots> => ({
    ...(slots.stable === undefined ? {} : { stable: slots.stable }),
    ...(slots.canary === undefined ? {} : { canary: slots.canary }),
  });
  const steered = { slots: slotsIn(route, given(asked), given(options)), rule: asked.rule };
  shareIn(route, steered);
  return new GatewayApiRouter(options.target, object, steered, options.timeout ?? 5000);
}
