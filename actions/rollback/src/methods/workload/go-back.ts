import type { Kubernetes, ObjectAt } from '@sluice/kubernetes';
import type { Revision, Workload, WorkloadKind } from './workload.ts';

/**
 * Puts a revision's template and annotations in place of the workload's, as `kubectl rollout undo` does; refused (422) where it has
 * changed since it was read.
 * @param mark annotations besides
 */
export async function goBack(
  kubernetes: Kubernetes,
  at: ObjectAt,
  { kind, workload }: { readonly kind: WorkloadKind; readonly workload: Workload },
  revision: Revision,
  mark: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Workload> {
  const annotations = { ...kind.annotations(workload, revision), ...mark };
  return kubernetes.patch<Workload>(
    at,
    {
      type: 'json',
      body: [
        { op: 'test', path: '/metadata/resourceVersion', value: workload.metadata.resourceVersion },
        { op: 'replace', path: '/spec/template', value: revision.template },
        // where there is none yet, `add` makes it
        { op: 'add', path: '/metadata/annotations', value: annotations },
      ],
    },
    { signal },
  );
}
