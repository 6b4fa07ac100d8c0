export { type ApplyOptions, type CallOptions, Kubernetes, type PatchOptions } from './api/client.ts';
export { isConflict, KubernetesError } from './api/errors.ts';
export {
  type Condition,
  conditionOf,
  type KubernetesObject,
  type ObjectAt,
  type ObjectMeta,
  shownObject,
} from './api/object.ts';
export type { JsonPatch, Patch } from './api/patch.ts';
export { type Resource, resources } from './api/resource.ts';
export { connectKubernetes, type Surroundings } from './connect.ts';
