import { duration, SystemError } from '@sluice/contract';
import {
  type Condition,
  conditionOf,
  connectKubernetes,
  type Kubernetes,
  type KubernetesObject,
  type ObjectAt,
} from '@sluice/kubernetes';
import type { Instance, InstanceStart, Slot } from '@sluice/rollout';
import { namesObject, STATE_ANNOTATION } from '@sluice/traffic';
import { type Manifest, objectsOf } from './render.ts';

type ManifestStart = Extract<InstanceStart, { readonly kind: 'manifest' }>;
type Env = Readonly<Record<string, string | undefined>>;

/** Kinds that run Pods and take a number of them. */
const SCALED: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet']);
/** KServe's kind takes a number as well, but has no subresource `scale`, and says by a condition alone that it is ready. */
const LLM = 'LLMInferenceService';

interface Workload extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Says on every object which run brought it up. */
const MARK = 'sluice.dev/run-id';

/**
 * Applies the objects of a slot (server-side apply) and waits until all that runs Pods is ready. Fields that another writer owns are
 * taken from it only where `force` says so, or where the object was brought up by an earlier run.
 * @throws SystemError where it is never ready
 */
export async function applyObjects(
  instance: Instance,
  start: ManifestStart,
  slot: Slot,
  {
    env,
    signal,
    force = false,
  }: { readonly env: Env; readonly signal: AbortSignal; readonly force?: boolean },
): Promise<void> {
  const kubernetes = await connectKubernetes({ env, signal });
  const until = performance.now() + start.readyMs;
  const made: { at: ObjectAt; generation: number }[] = [];
  for (const object of objectsOf(start.manifest, instance, slot)) {
    const at = await placeOf(kubernetes, object, signal);
    const there = await kubernetes.get<Workload>(at, { signal });
    const ours = there?.metadata.annotations?.[MARK] !== undefined;
    const wanted = marked(raised(object, there), instance);
    const { metadata } = await kubernetes.apply<Workload>(wanted, { signal, force: force || ours });
    made.push({ at, generation: metadata.generation ?? 0 });
  }
  for (const { at, generation } of made) {
    const timeout = Math.ceil(Math.max(1000, until - performance.now()));
    const done = await kubernetes.until<Workload>(at, (object) => ready(object, generation), {
      timeout,
      signal,
    });
    if (!done)
      throw new SystemError(
        `${at.resource.kind} ${at.name} was applied, but was not ready within ${duration.format(start.readyMs)}; see kubectl describe ${at.resource.kind.toLowerCase()} ${at.name}`,
      );
  }
}

/** A manifest that names no number of Pods would leave one that was taken down at 0. */
function raised(object: Manifest, there: Workload | undefined): Manifest {
  const { spec = {} } = object as Manifest & { readonly spec?: { readonly replicas?: number } };
  if (
    !(SCALED.has(object.kind) || object.kind === LLM) ||
    there?.spec?.replicas !== 0 ||
    spec.replicas !== undefined
  )
    return object;
  return { ...object, spec: { ...spec, replicas: 1 } } as Manifest;
}

/**
 * Takes the objects of a slot down: no Pods any more, or all deleted. What is not there is down already. The `target`, and the one that
 * holds the state of the rollout, are never deleted: the users of the other slot reach it by them.
 */
export async function takeObjectsDown(
  instance: Instance,
  start: ManifestStart,
  slot: Slot,
  how: 'scale-to-0' | 'delete',
  target: string,
  { env, signal }: { readonly env: Env; readonly signal: AbortSignal },
): Promise<void> {
  const kubernetes = await connectKubernetes({ env, signal });
  for (const object of objectsOf(start.manifest, instance, slot).toReversed()) {
    const at = await placeOf(kubernetes, object, signal);
    const there = await kubernetes.get(at, { signal });
    if (!there) continue;
    const none = { type: 'merge', body: { spec: { replicas: 0 } } } as const;
    const routed =
      there.metadata.annotations?.[STATE_ANNOTATION] !== undefined ||
      namesObject(target, { ...at, kind: object.kind });
    if (how === 'delete' && !routed) await kubernetes.delete(at, { signal });
    else if (object.kind === LLM) await kubernetes.patch(at, none, { signal });
    else if (SCALED.has(object.kind)) await kubernetes.patch(at, none, { subresource: 'scale', signal });
  }
}

async function placeOf(kubernetes: Kubernetes, object: Manifest, signal: AbortSignal): Promise<ObjectAt> {
  const resource = await kubernetes.resource(object.apiVersion, object.kind, { signal });
  const namespace = resource.namespaced ? (object.metadata.namespace ?? kubernetes.namespace) : undefined;
  return { resource, namespace, name: object.metadata.name };
}

function marked(object: Manifest, { runId }: Instance): Manifest {
  const annotations = { ...object.metadata.annotations, [MARK]: runId };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function ready(object: Workload | undefined, generation: number): boolean {
  if (!object) return false;
  const { kind = '', spec, status } = object;
  if (SCALED.has(kind)) {
    const wanted = spec?.replicas ?? 1;
    const available = status?.availableReplicas ?? status?.readyReplicas ?? 0;
    return (
      (status?.observedGeneration ?? 0) >= generation &&
      available >= wanted &&
      (kind === 'ReplicaSet' || (status?.updatedReplicas ?? 0) >= wanted)
    );
  }
  const condition = conditionOf(status?.conditions, 'Ready');
  if (kind === LLM) return condition?.status === 'True';
  return condition === undefined || condition.status === 'True';
}
