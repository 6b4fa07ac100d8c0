import { start } from '../shared/index.js';

await start('canary-step', import.meta.url);
