import { start } from '../shared/index.js';

await start('rollback', import.meta.url);
