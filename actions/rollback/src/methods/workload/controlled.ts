import { type KubernetesObject, resources } from '@sluice/kubernetes';
import { type PodTemplate, plain } from './template.ts';
import { ownedBy, selectorText, type WorkloadKind } from './workload.ts';

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/ */
interface ControllerRevision extends KubernetesObject {
  readonly revision: number;
  /** A strategic merge patch that puts the template in place of the one that is there. */
  readonly data: { readonly spec: { readonly template: PodTemplate & { readonly $patch?: string } } };
}

/** Revisions of what keeps them as ControllerRevisions: the template alone, so that no annotation is taken over. */
const kept: Pick<WorkloadKind, 'revisions' | 'annotations'> = {
  async revisions(kubernetes, workload, namespace, signal) {
    const labels = selectorText(workload.spec.selector);
    const all = await kubernetes.list<ControllerRevision>(resources.controllerRevision, {
      namespace,
      labels,
      signal,
    });
    return all
      .filter((one) => ownedBy(one, workload))
      .map(({ revision, data }) => {
        const { $patch: _, ...template } = data.spec.template;
        return { number: revision, template: plain(template), annotations: {} };
      })
      .sort((a, b) => b.number - a.number);
  },
  annotations: ({ metadata }) => metadata.annotations ?? {},
};

export const statefulSet: WorkloadKind = {
  ...kept,
  resource: resources.statefulSet,
  complete: ({ replicas: wanted = 1 }, count) =>
    count('updatedReplicas') >= wanted && count('replicas') <= wanted && count('readyReplicas') >= wanted,
};

export const daemonSet: WorkloadKind = {
  ...kept,
  resource: resources.daemonSet,
  complete: (_, count) => {
    const wanted = count('desiredNumberScheduled');
    return count('updatedNumberScheduled') >= wanted && count('numberAvailable') >= wanted;
  },
};
