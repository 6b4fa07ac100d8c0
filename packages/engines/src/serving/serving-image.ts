import { UserError } from '@sluice/contract';
import { dockerfile } from './dockerfile.ts';
import { hubLayout, transformersArgv, transformersEnv } from './transformers.ts';
import { vllmArgv } from './vllm.ts';

/** What the image carries: a whole model, or an adapter for a base model that is mounted or in the base image. */
export type ImageContent =
  | { readonly model: string; readonly adapter?: undefined }
  | {
      readonly model?: undefined;
      readonly adapter: {
        /** Folder in the build context. */
        readonly folder: string;
        readonly name: string;
        readonly rank: number;
        /** Path of the base model inside the running container. */
        readonly baseModel: string;
      };
    };

export type ServingImage = ImageContent & {
  readonly engine: 'vllm' | 'transformers';
  readonly baseImage: string;
  /** The name that carries the version. */
  readonly servedName: string;
};

const listening = { host: '0.0.0.0', port: 8000 };
const modelPath = '/opt/sluice/model';
const adapterPath = '/opt/sluice/adapter';
const hubPath = '/opt/sluice/hub';

/** No library in the container may ask a hub or report usage. */
const offline = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
};

/**
 * The files of a build context beside the model's folder, by name: `Dockerfile`, `.dockerignore` and what the engine
 * needs.
 * @throws UserError for a name, path or rank that cannot be served.
 */
export function servingImage(image: ServingImage): Record<string, string> {
  return image.engine === 'vllm' ? vllmImage(image) : transformersImage(image);
}

function vllmImage({ baseImage, servedName, model, adapter }: ServingImage): Record<string, string> {
  if (adapter && !adapter.baseModel)
    throw new UserError(
      'An image with an adapter needs base-model: the path of the base model inside the container.',
    );
  const served = adapter
    ? {
        model: adapter.baseModel,
        servedName,
        adapter: { path: adapterPath, name: adapter.name, rank: adapter.rank },
      }
    : { model: modelPath, servedName };
  const copy = adapter ? { from: adapter.folder, to: adapterPath } : { from: model as string, to: modelPath };
  return context(baseImage, [copy], offline, vllmArgv(served, listening));
}

function transformersImage({ baseImage, servedName, model }: ServingImage): Record<string, string> {
  if (model === undefined)
    throw new UserError(
      'transformers serves whole models only: merge the adapter first (the action quantize does), or let serve-engine be vllm.',
    );
  const layout = hubLayout(hubPath, servedName);
  const copies = [
    { from: model, to: `${hubPath}/${layout.model}` },
    { from: 'snapshot', to: `${hubPath}/${layout.ref.path}` },
  ];
  const env = { ...offline, ...transformersEnv(layout) };
  return {
    ...context(baseImage, copies, env, transformersArgv(servedName, listening)),
    snapshot: layout.ref.text,
  };
}

function context(
  baseImage: string,
  copies: readonly { readonly from: string; readonly to: string }[],
  env: Readonly<Record<string, string>>,
  entrypoint: readonly string[],
): Record<string, string> {
  return {
    Dockerfile: dockerfile({ baseImage, copies, env, port: listening.port, entrypoint }),
    // nothing else that happens to lie in the folder gets into the image
    '.dockerignore': `*\n!Dockerfile\n${copies.map(({ from }) => `!${from}\n`).join('')}`,
  };
}
