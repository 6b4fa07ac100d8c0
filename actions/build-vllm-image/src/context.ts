import { cp, link, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Inputs, version } from '@sluice/contract';
import { servingImage } from '@sluice/engines';
import type { Host } from '@sluice/host';
import { fetchModel, type Store } from '@sluice/store';
import type { definition } from './definition.ts';
import type { Approved } from './proof.ts';

/** The folder that a builder gets. */
export interface Context {
  readonly folder: string;
  readonly bytes: number;
}

/** Fetches the approved bytes, checks their digest, and lays them beside the generated Dockerfile. */
export async function assemble(
  inputs: Inputs<(typeof definition)['inputs']>,
  proof: Approved,
  store: Store,
  trackingUri: string | undefined,
  host: Host,
): Promise<Context> {
  const { part } = proof;
  const { workspace, env, cacheDir, signal } = host;
  const from = await fetchModel(part.ref, part.digest, {
    store,
    trackingUri,
    workspace,
    env,
    cacheDir,
    signal,
  });
  const folder = join(host.temp, 'image');
  const bytes = await linkTree(from, join(folder, part.kind));
  const files = servingImage({
    engine: inputs['serve-engine'],
    baseImage: inputs['base-image'],
    servedName: version.format(proof.version),
    ...(part.kind === 'model'
      ? { model: 'model' }
      : {
          adapter: {
            folder: 'adapter',
            name: inputs['lora-name'],
            rank: await rankOf(from),
            baseModel: inputs['base-model'] as string,
          },
        }),
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  host.log.info(
    `${part.kind} ${part.digest}, ${bytes} bytes, under the name ${version.format(proof.version)}`,
  );
  return { folder, bytes };
}

async function rankOf(adapter: string): Promise<number> {
  const config = JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8')) as { r?: number };
  return config.r ?? 16;
}

/** Hard links where the file system allows it: a model is large and does not change. Returns the bytes of all files. */
async function linkTree(from: string, to: string): Promise<number> {
  await mkdir(to, { recursive: true });
  let bytes = 0;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) bytes += await linkTree(source, target);
    else {
      await link(source, target).catch(() => cp(source, target));
      bytes += (await stat(target)).size;
    }
  }
  return bytes;
}
