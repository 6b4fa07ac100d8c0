export { type Conversation, type ConversationOptions, converse } from './conversation.ts';
export { type Detached, endDetached, startDetached, stillRuns } from './detached.ts';
export { freePort } from './free-port.ts';
export type { LaunchOptions } from './group.ts';
export { checkOutputFolder, writeOutputFolder } from './output-folder.ts';
export { cacheFolder } from './python/cache-folder.ts';
export {
  type PythonEnvironment,
  type PythonEnvironmentOptions,
  pythonEnvironment,
} from './python/environment.ts';
export { type PythonProgram, pythonProgram } from './python/program.ts';
export { type RunOptions, type RunResult, run } from './run.ts';
export { type Service, type ServiceOptions, start } from './service.ts';
export { which } from './which.ts';
