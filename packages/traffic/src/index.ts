export { BUCKETS, bucketOf, CELLS, cellOf } from './haproxy/bucket.ts';
export { type HaproxyConfig, haproxyConfig } from './haproxy/config.ts';
export { initialSplit, type NginxConfig, nginxConfig } from './nginx/config.ts';
export { openRouter } from './open.ts';
export {
  type Capabilities,
  type Router,
  type RouterKind,
  type RouterOptions,
  routerKinds,
  type Server,
  type Slot,
} from './router.ts';
