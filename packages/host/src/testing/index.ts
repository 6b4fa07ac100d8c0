export { expand, readDotenv, readDotenvLocally } from './dotenv-rules.ts';
export { obeyedCommands, type ReadCommand, readCommand, readCommandFile } from './runner-rules.ts';
export { type TestHost, testHost } from './test-host.ts';
