import { start } from '../shared/index.js';

await start('build-vllm-image', import.meta.url);
