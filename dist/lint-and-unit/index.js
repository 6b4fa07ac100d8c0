import { start } from '../shared/index.js';

await start('lint-and-unit', import.meta.url);
