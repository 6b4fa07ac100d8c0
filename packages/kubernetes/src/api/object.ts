import type { Resource } from './resource.ts';

/** What every object carries, as far as it is used here. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  /** Another one names another object, though its name be the same. */
  readonly uid?: string;
  /** Names this very value; a write that carries it is refused (409) where somebody else was faster. */
  readonly resourceVersion?: string;
  /** Grows with each change of the specification. */
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

/** Any object of the API. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** Which object: its resource, its namespace (none for cluster-wide resources) and its name. */
export interface ObjectAt {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** An entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** The condition of a type, where the object has it. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** An object as an error names it: `HTTPRoute default/qwen`. */
export function shownObject({ resource, namespace, name }: ObjectAt): string {
  return `${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
