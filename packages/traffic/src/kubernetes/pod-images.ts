import { UserError } from '@sluice/contract';
import { type Kubernetes, type KubernetesObject, resources } from '@sluice/kubernetes';
import type { PodImages } from '../router.ts';

type Labels = Readonly<Record<string, string>>;

interface Service extends KubernetesObject {
  readonly spec: { readonly selector?: Labels };
}

interface DestinationRule extends KubernetesObject {
  readonly spec: {
    readonly host: string;
    readonly subsets?: readonly { readonly name: string; readonly labels?: Labels }[];
  };
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
  readonly status?: {
    readonly containerStatuses?: readonly { readonly name: string; readonly imageID?: string }[];
  };
}

/**
 * What the Pods behind a backend run: the Pods that its Service selects, or, of a subset of Istio, those of its DestinationRule. Pods that
 * are on their way out, or have not pulled their images yet, serve nobody and are left out.
 * @throws UserError where no Service says which Pods they are
 */
export async function imagesBehind(
  cluster: Kubernetes,
  namespace: string | undefined,
  backend: string,
  signal: AbortSignal | undefined,
): Promise<readonly PodImages[]> {
  const labels = await labelsOf(cluster, namespace, backend, signal);
  const pods = await cluster.list<Pod>(resources.pod, { namespace, labels: text(labels), signal });
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => ({ pod: pod.metadata.name, images: imagesOf(pod) }))
    .filter(({ images }) => images.length > 0);
}

async function labelsOf(
  cluster: Kubernetes,
  namespace: string | undefined,
  backend: string,
  signal: AbortSignal | undefined,
): Promise<Labels> {
  const selector = await selectorOf(cluster, namespace, backend, signal);
  const labels = selector ?? (await subsetOf(cluster, namespace, backend, signal));
  if (labels && Object.keys(labels).length > 0) return labels;
  throw new UserError(`no Service ${backend} in namespace ${namespace} says which Pods it stands for`);
}

async function selectorOf(
  cluster: Kubernetes,
  namespace: string | undefined,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Labels | undefined> {
  const service = await cluster.get<Service>({ resource: resources.service, namespace, name }, { signal });
  return service?.spec.selector;
}

async function subsetOf(
  cluster: Kubernetes,
  namespace: string | undefined,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Labels | undefined> {
  const kind = await cluster
    .resource('networking.istio.io/v1', 'DestinationRule', { signal })
    .catch((error: unknown) => {
      // a cluster without Istio has no subsets
      if (error instanceof UserError) return undefined;
      throw error;
    });
  const rules = kind ? await cluster.list<DestinationRule>(kind, { namespace, signal }) : [];
  const found = rules.flatMap(({ spec }) =>
    (spec.subsets ?? []).flatMap((subset) => (subset.name === name ? [{ host: spec.host, ...subset }] : [])),
  );
  const [only] = found;
  if (!only || found.length > 1) return undefined;
  const all = await selectorOf(cluster, namespace, only.host.split('.')[0] as string, signal);
  return { ...all, ...only.labels };
}

const text = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/**
 * What the runtime says it pulled (`imageID`, `name@sha256:…`). One that has no digest of a registry to name says an ID of its own there:
 * then what it was told to run counts.
 */
function imagesOf({ spec, status }: Pod): string[] {
  return (status?.containerStatuses ?? []).flatMap(({ name, imageID }) => {
    if (!imageID) return [];
    if (imageID.includes('@')) return [imageID.replace(/^\w[\w-]*:\/\//, '')];
    return spec.containers.find((container) => container.name === name)?.image ?? imageID;
  });
}
