import { copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Inputs, messageOf, UserError, version } from '@sluice/contract';
import { servingImage } from '@sluice/engines';
import type { Host } from '@sluice/host';
import { modelFiles } from '@sluice/record';
import { fetchModel, type Store } from '@sluice/store';
import type { definition } from './definition.ts';
import type { Plan } from './plan.ts';
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
  { baseImage }: Plan,
  store: Store,
  trackingUri: string | undefined,
  host: Host,
): Promise<Context> {
  const { part } = proof;
  const { workspace, env, cacheDir, signal } = host;
  const options = { store, trackingUri, workspace, env, cacheDir, signal };
  const from = await fetchModel(part.ref, part.digest, options);
  const folder = join(host.temp, 'image');
  const bytes = await layOut(from, join(folder, part.kind), signal);
  const servedName = version.format(proof.version);
  const files = servingImage({
    engine: inputs['serve-engine'],
    baseImage,
    servedName,
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
  host.log.info(`${part.kind} ${part.digest}, ${bytes} bytes, under the name ${servedName}`);
  return { folder, bytes };
}

/** The highest rank of an adapter's layers. */
async function rankOf(adapter: string): Promise<number> {
  const path = join(adapter, 'adapter_config.json');
  let config: { readonly r?: unknown; readonly rank_pattern?: Readonly<Record<string, unknown>> | null };
  try {
    config = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UserError(`the adapter's ${path} cannot be read: ${messageOf(error)}`);
  }
  const ranks = [config.r, ...Object.values(config.rank_pattern ?? {})].filter((r) => typeof r === 'number');
  if (ranks.length === 0)
    throw new UserError(
      `the adapter's ${path} names no rank (\`r\`), which the server must reserve memory for`,
    );
  return Math.max(...ranks);
}

/**
 * Lays out the files that the digest counts, and no other: what was not judged does not get into the image. Hard links where
 * the file system allows it, since a model is large. Returns the bytes of all files.
 */
async function layOut(from: string, to: string, signal: AbortSignal): Promise<number> {
  await mkdir(to, { recursive: true });
  const { counted } = await modelFiles(from);
  for (const { name, path } of counted) {
    signal.throwIfAborted();
    const target = join(to, ...name.split('/'));
    await mkdir(dirname(target), { recursive: true });
    await link(path, target).catch(() => copyFile(path, target));
  }
  return counted.reduce((sum, { size }) => sum + size, 0);
}
