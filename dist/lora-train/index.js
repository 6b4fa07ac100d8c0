import { start } from '../shared/index.js';

await start('lora-train', import.meta.url);
