import { start } from '../shared/index.js';

await start('quantize', import.meta.url);
