import { isDeepStrictEqual } from 'node:util';
import { type Kubernetes, type KubernetesObject, type ObjectAt, resources } from '@sluice/kubernetes';

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly [more: string]: unknown;
  };
  readonly spec?: {
    readonly containers?: readonly { readonly image?: string }[];
    readonly initContainers?: readonly { readonly image?: string }[];
  };
}

export interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly paused?: boolean;
    readonly replicas?: number;
    readonly progressDeadlineSeconds?: number;
    readonly template: PodTemplate;
    readonly selector: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly {
        readonly key: string;
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        readonly values?: readonly string[];
      }[];
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/** An earlier state of a Deployment, which its ReplicaSet keeps. */
export interface Revision {
  readonly number: number;
  readonly template: PodTemplate;
  readonly annotations: Readonly<Record<string, string>>;
}

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

/** Annotations that belong to the Deployment or its ReplicaSet and are not taken over, as in `kubectl rollout undo`. */
const OWN: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

/** The revisions of a Deployment, newest first. */
export async function revisionsOf(
  kubernetes: Kubernetes,
  deployment: Deployment,
  namespace: string,
  signal: AbortSignal,
): Promise<Revision[]> {
  const sets = await kubernetes.list<
    KubernetesObject & { readonly spec: { readonly template: PodTemplate } }
  >(resources.replicaSet, { namespace, labels: selectorText(deployment.spec.selector), signal });
  return sets
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some((o) => o.controller === true && o.uid === deployment.metadata.uid),
    )
    .flatMap(({ metadata, spec }) => {
      const number = Number(metadata.annotations?.[REVISION]);
      return number > 0
        ? [{ number, template: withoutHash(spec.template), annotations: metadata.annotations ?? {} }]
        : [];
    })
    .sort((a, b) => b.number - a.number);
}

function selectorText({ matchLabels = {}, matchExpressions = [] }: Deployment['spec']['selector']): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...equal, ...others].join(',');
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Whether a Pod made from this template runs an image, by its digest. */
export function runs({ spec }: PodTemplate, image: string): boolean {
  const digest = image.slice(image.indexOf('@') + 1);
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some((c) =>
    c.image?.endsWith(digest),
  );
}

export const sameTemplate = (a: PodTemplate, b: PodTemplate): boolean =>
  isDeepStrictEqual(withoutHash(a), withoutHash(b));

/**
 * Puts a revision's template and annotations in place of the Deployment's, as `kubectl rollout undo` does; refused (422) where the
 * Deployment has changed since it was read.
 */
export async function goBack(
  kubernetes: Kubernetes,
  at: ObjectAt,
  deployment: Deployment,
  { template, annotations }: Revision,
  mark: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Deployment> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => OWN.has(key));
  const taken = Object.entries(annotations).filter(([key]) => !OWN.has(key));
  return kubernetes.patch<Deployment>(
    at,
    {
      type: 'json',
      body: [
        { op: 'test', path: '/metadata/resourceVersion', value: deployment.metadata.resourceVersion },
        { op: 'replace', path: '/spec/template', value: template },
        {
          op: 'replace',
          path: '/metadata/annotations',
          value: { ...Object.fromEntries([...own, ...taken]), ...mark },
        },
      ],
    },
    { signal },
  );
}

/** Whether all Pods are of the newest template and available, as `kubectl rollout status` has it. */
export function rolledOut(deployment: Deployment | undefined): boolean {
  if (!deployment) return false;
  const { metadata, spec, status = {} } = deployment;
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) >= wanted &&
    (status.replicas ?? 0) <= (status.updatedReplicas ?? 0) &&
    (status.availableReplicas ?? 0) >= wanted
  );
}
