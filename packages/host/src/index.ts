export { detectHost, type Env, type HostKind, hostServer } from './detect.ts';
export { honourNetworkVariables } from './network.ts';
export type { Screen } from './platform.ts';
export { provenanceOf } from './provenance.ts';
export { type RunActionOptions, runAction } from './run-action.ts';
export { Secrets } from './secrets.ts';
export { type TestHost, testHost } from './testing/test-host.ts';
export * from './types.ts';
export { type ExitCode, type Failure, failureOf } from './verdict.ts';
