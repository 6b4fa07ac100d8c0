import type { Percent } from '@sluice/contract';

/** The two places behind a router. Which of them is live is the rollout's knowledge, not the router's. */
export type Slot = 'stable' | 'canary';

/** What a kind of router can do. */
export interface Capabilities {
  /** The share can be set to any value of `precision`, not only on and off. */
  readonly weights: boolean;
  /** A user stays where it is while the weight stands, and is never moved back while it grows. */
  readonly sticky: boolean;
  /** Users can be chosen by a header before the percentage applies. */
  readonly segments: boolean;
  /** The state of a rollout can be kept in the router, compare-and-set. */
  readonly state: boolean;
  /** Requests can be copied to the canary without users seeing its answers. */
  readonly mirror: boolean;
  /** Smallest step of the weight, in percent. */
  readonly precision: Percent;
  /** The users' hash can be salted anew, so that the next rollout draws other users. */
  readonly salt: boolean;
}

/** One server behind a slot. */
export interface Server {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
}

/** What one Pod runs: its containers' images, by digest. */
export interface PodImages {
  readonly pod: string;
  readonly images: readonly string[];
}

/** Who may be sent to the candidate: for every header, one of its values. Nothing: everybody. */
export type Segments = Readonly<Record<string, readonly string[]>>;

/** A state that lies in the router, and what names this very value. */
export interface HeldState {
  readonly value: unknown;
  readonly token: string;
}

export type StateWritten =
  | { readonly ok: true; readonly state: HeldState }
  /** Somebody else was faster; `current` is what lies there now. */
  | { readonly ok: false; readonly current: HeldState | undefined };

/** The state of a rollout in the router itself. */
export interface RouterState {
  /** For people. */
  readonly where: string;
  /** A share can be set in the same write as the state, so that there is no moment between the two. */
  readonly moves: boolean;
  read(signal?: AbortSignal): Promise<HeldState | undefined>;
  /** Writes `value`, and the share where one is given, only where `expected` still lies there (undefined: nothing). */
  compareAndSet(
    value: unknown,
    expected: HeldState | undefined,
    percent?: Percent,
    signal?: AbortSignal,
  ): Promise<StateWritten>;
}

/**
 * One way to send a share of the users to slot `canary` and the rest to slot `stable`.
 * Every method takes a signal and throws `UserError` (what was given is wrong) or `SystemError` (the router refused
 * or did not answer in time).
 */
export interface Router {
  readonly kind: RouterKind;
  /** The target as it was given. */
  readonly target: string;
  readonly can: Capabilities;
  /** What the slots are called in the router's own log and metrics. */
  readonly slots: Readonly<Record<Slot, string>>;
  /** Where users come in, as the router's own log names it, if the target says it. */
  readonly frontend?: string;
  /** Names the router process that is running now; another answer means that it restarted and may have forgotten a weight. */
  identity(signal?: AbortSignal): Promise<string>;
  /** Share of the users sent to slot `canary` now, as the router itself says it. */
  weight(signal?: AbortSignal): Promise<Percent>;
  /** Sets the share and reads it back; throws where the router then says another one. */
  setWeight(percent: Percent, signal?: AbortSignal): Promise<void>;
  /** Where `can.state`. Once it was read, {@link setWeight} is refused where another step has written a state since. */
  readonly state?: RouterState;
  /** What a reader must know of how the router stands now: a route that no gateway has taken, a split that is not by user. */
  notes?(signal?: AbortSignal): Promise<readonly string[]>;
  /** Why what stands behind the slots is not any more what it was when the share was set; undefined: it is. */
  wrong?(signal?: AbortSignal): Promise<string | undefined>;
  /** A rollout is closed, and `live` is the slot that stays: what the router keeps of it is put in order. May be said again. */
  close?(live: Slot, signal?: AbortSignal): Promise<void>;
  /** What the users' hash is salted with now. */
  salt?(signal?: AbortSignal): Promise<string>;
  /** Draws other users. Refused while users are split: it would move them between the versions. */
  setSalt?(salt: string, signal?: AbortSignal): Promise<void>;
  /** Whom the share counts for now; `{}`: everybody. */
  segments?(signal?: AbortSignal): Promise<Segments>;
  /** Lets the share count for the users of these segments alone; all others go to the slot `outside`. */
  setSegments?(segments: Segments, outside: Slot, signal?: AbortSignal): Promise<void>;
  /** What lies behind each slot. */
  servers?(signal?: AbortSignal): Promise<Readonly<Record<Slot, readonly Server[]>>>;
  /** What the Pods behind a slot run, where the router is an object of Kubernetes. @throws UserError where that cannot be told */
  images?(slot: Slot, signal?: AbortSignal): Promise<readonly PodImages[]>;
  /** Why an object of this kind cannot be brought up for one version alone; undefined: it can. */
  unfit?(kind: string): string | undefined;
  /** Lets a slot's only server be another address (`host:port`), until the router restarts. */
  point?(slot: Slot, address: string, signal?: AbortSignal): Promise<void>;
  /** The share that holds after a restart of the router: 0 or 100, never one in between. Needs `file=` in the target. */
  setRestartWeight?(percent: 0 | 100, signal?: AbortSignal): Promise<void>;
}

/** Routers that have a driver. */
export const routerKinds = [
  'haproxy',
  'nginx',
  'gateway-api',
  'istio',
  'nginx-ingress',
  'argo-rollouts',
  'argo-cd',
  'kserve',
  'seldon',
] as const;
export type RouterKind = (typeof routerKinds)[number];

/** What a driver needs to know. */
export interface RouterOptions {
  readonly target: string;
  /** Where slot `stable` lies: the name of a backend, or the address (`host:port`, URL) of its server. Default: `stable`. */
  readonly stable?: string;
  /** The same for slot `canary`. Default: `canary`. */
  readonly canary?: string;
  /** Limit of one exchange with the router, milliseconds. Default 5000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Environment of the job: where credentials and client configuration lie. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. Default: the current one. */
  readonly workspace?: string;
}
