export { detectHost, type Env, type HostKind } from './detect.ts';
export type { Screen } from './platform.ts';
export { type RunActionOptions, runAction } from './run-action.ts';
export { type TestHost, testHost } from './testing/test-host.ts';
export * from './types.ts';
export type { ExitCode } from './verdict.ts';
