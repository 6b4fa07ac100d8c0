export { type Changed, GitValue, type Held } from './gitops/change.ts';
export { type GitPlace, parseGitPlace } from './gitops/place.ts';
export { BUCKETS, bucketOf, CELLS, cellOf } from './haproxy/bucket.ts';
export { type HaproxyConfig, haproxyConfig } from './haproxy/config.ts';
export { ANNOTATION as STATE_ANNOTATION } from './kubernetes/state-annotation.ts';
export { namesObject } from './kubernetes/target.ts';
export { initialSplit, type NginxConfig, nginxConfig } from './nginx/config.ts';
export { openRouter } from './open.ts';
export {
  type Capabilities,
  type HeldState,
  type PodImages,
  type Router,
  type RouterKind,
  type RouterOptions,
  type RouterState,
  routerKinds,
  type Segments,
  type Server,
  type Slot,
} from './router.ts';
