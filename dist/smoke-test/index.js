import { start } from '../shared/index.js';

await start('smoke-test', import.meta.url);
