import { start } from '../shared/index.js';

await start('cli', import.meta.url);
