import { UserError } from '@sluice/contract';
import { dockerfile } from './dockerfile.ts';
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
  readonly engine: 'vllm';
  readonly baseImage: string;
  /** The name that carries the version. */
  readonly servedName: string;
};

const port = 8000;
const modelPath = '/opt/sluice/model';
const adapterPath = '/opt/sluice/adapter';

/** No library in the container may ask a hub or report usage. */
const offline = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
};

/**
 * The files of a build context beside the model's folder, by name: `Dockerfile` and `.dockerignore`.
 * @throws UserError for a name, path or rank that cannot be served.
 */
export function servingImage(image: ServingImage): Record<'Dockerfile' | '.dockerignore', string> {
  const folder = image.adapter ? image.adapter.folder : image.model;
  if (image.adapter && !image.adapter.baseModel)
    throw new UserError(
      'An image with an adapter needs base-model: the path of the base model inside the container.',
    );
  const served = image.adapter
    ? {
        model: image.adapter.baseModel,
        servedName: image.servedName,
        adapter: { path: adapterPath, name: image.adapter.name, rank: image.adapter.rank },
      }
    : { model: modelPath, servedName: image.servedName };
  return {
    Dockerfile: dockerfile({
      baseImage: image.baseImage,
      copies: [{ from: folder, to: image.adapter ? adapterPath : modelPath }],
      env: offline,
      port,
      entrypoint: vllmArgv(served, { host: '0.0.0.0', port }),
    }),
    // nothing else that happens to lie in the folder gets into the image
    '.dockerignore': `*\n!Dockerfile\n!${folder}\n`,
  };
}
