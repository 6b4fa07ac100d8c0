import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles what the bench measures of this project into `folder`, as a release is bundled: nobody runs it from its
 * TypeScript. Returns the path of `ours.js`.
 */
export async function built(folder: string): Promise<string> {
  const bundle = await rolldown({
    input: {
      ours: source('./ours.ts'),
      'reading-thread': source('../../packages/evaluation/src/read/plain/reading-thread.ts'),
    },
    platform: 'node',
    logLevel: 'warn',
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  });
  await bundle.close();
  return join(folder, 'ours.js');
}
