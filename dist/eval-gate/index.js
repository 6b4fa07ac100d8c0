import { start } from '../shared/index.js';

await start('eval-gate', import.meta.url);
