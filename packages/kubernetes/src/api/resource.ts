/** One kind of objects, and where the API serves it. */
export interface Resource {
  /** `v1` for the core, else `<group>/<version>`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The last part of its path, e.g. `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

const apps = (kind: string, plural: string): Resource => ({
  apiVersion: 'apps/v1',
  kind,
  plural,
  namespaced: true,
});
const core = (kind: string, plural: string, namespaced = true): Resource => ({
  apiVersion: 'v1',
  kind,
  plural,
  namespaced,
});

/** Resources that every server has; others are found by {@link Kubernetes.resource}. */
export const resources = {
  configMap: core('ConfigMap', 'configmaps'),
  daemonSet: apps('DaemonSet', 'daemonsets'),
  deployment: apps('Deployment', 'deployments'),
  event: core('Event', 'events'),
  namespace: core('Namespace', 'namespaces', false),
  pod: core('Pod', 'pods'),
  replicaSet: apps('ReplicaSet', 'replicasets'),
  controllerRevision: apps('ControllerRevision', 'controllerrevisions'),
  service: core('Service', 'services'),
  statefulSet: apps('StatefulSet', 'statefulsets'),
} as const satisfies Record<string, Resource>;

/** The path that a version of the API is served under. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of a resource, of all namespaces where none is given, or of one object. */
export function pathOf(
  { apiVersion, plural, namespaced }: Resource,
  namespace?: string,
  name?: string,
): string {
  const part = encodeURIComponent;
  const within = namespaced && namespace !== undefined ? `/namespaces/${part(namespace)}` : '';
  return `${versionPath(apiVersion)}${within}/${plural}${name === undefined ? '' : `/${part(name)}`}`;
}
