import type { Kubernetes, KubernetesObject, Resource } from '@sluice/kubernetes';
import type { PodTemplate } from './template.ts';

/** What runs Pods of one template, and keeps its earlier ones. */
export interface Workload extends KubernetesObject {
  readonly spec: {
    readonly paused?: boolean;
    readonly replicas?: number;
    readonly progressDeadlineSeconds?: number;
    readonly updateStrategy?: { readonly type?: string };
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
  readonly status?: { readonly observedGeneration?: number; readonly [count: string]: unknown };
}

/** An earlier state of a workload. */
export interface Revision {
  readonly number: number;
  readonly template: PodTemplate;
  readonly annotations: Readonly<Record<string, string>>;
}

/** How one kind of workloads keeps its revisions. */
export interface WorkloadKind {
  readonly resource: Resource;
  /** Newest first. */
  revisions(
    kubernetes: Kubernetes,
    workload: Workload,
    namespace: string,
    signal: AbortSignal,
  ): Promise<Revision[]>;
  /** The workload's annotations once it is back at a revision, as `kubectl rollout undo` leaves them. */
  annotations(workload: Workload, revision: Revision): Readonly<Record<string, string>>;
  /** Whether all Pods are of the newest template and available, as `kubectl rollout status` has it. */
  complete(spec: Workload['spec'], count: (name: string) => number): boolean;
}

export function selectorText({
  matchLabels = {},
  matchExpressions = [],
}: Workload['spec']['selector']): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...equal, ...others].join(',');
}

export const ownedBy = ({ metadata }: KubernetesObject, owner: Workload): boolean =>
  metadata.ownerReferences?.some((o) => o.controller === true && o.uid === owner.metadata.uid) ?? false;

/** Whether its controller has seen it as it is now and has replaced all its Pods. */
export function rolledOut({ complete }: WorkloadKind, workload: Workload | undefined): boolean {
  if (!workload) return false;
  const { metadata, spec, status = {} } = workload;
  const count = (name: string) => Number(status[name] ?? 0);
  return count('observedGeneration') >= (metadata.generation ?? 0) && complete(spec, count);
}
