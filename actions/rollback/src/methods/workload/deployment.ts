import { type KubernetesObject, resources } from '@sluice/kubernetes';
import { type PodTemplate, plain } from './template.ts';
import { ownedBy, selectorText, type WorkloadKind } from './workload.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** Annotations that belong to the Deployment or its ReplicaSet and are not taken over, as in `kubectl rollout undo`. */
const OWN: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

type ReplicaSet = KubernetesObject & { readonly spec: { readonly template: PodTemplate } };

/** A Deployment's revisions are its ReplicaSets. */
export const deployment: WorkloadKind = {
  resource: resources.deployment,
  async revisions(kubernetes, workload, namespace, signal) {
    const labels = selectorText(workload.spec.selector);
    const sets = await kubernetes.list<ReplicaSet>(resources.replicaSet, { namespace, labels, signal });
    return sets
      .filter((set) => ownedBy(set, workload))
      .flatMap(({ metadata, spec }) => {
        const number = Number(metadata.annotations?.[REVISION]);
        return number > 0
          ? [{ number, template: plain(spec.template), annotations: metadata.annotations ?? {} }]
          : [];
      })
      .sort((a, b) => b.number - a.number);
  },
  annotations({ metadata }, revision) {
    const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => OWN.has(key));
    const taken = Object.entries(revision.annotations).filter(([key]) => !OWN.has(key));
    return Object.fromEntries([...own, ...taken]);
  },
  complete({ replicas: wanted = 1 }, count) {
    const updated = count('updatedReplicas');
    return updated >= wanted && count('replicas') <= updated && count('availableReplicas') >= wanted;
  },
};
