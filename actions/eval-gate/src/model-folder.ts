import { type ModelDigest, UserError } from '@sluice/contract';
import { fetchModel, mappedModels } from '@sluice/store';
import type { Context } from './context.ts';

/** Folders on this machine, their digests recomputed. */
export interface ModelFolder {
  readonly model: string;
  readonly adapter?: string;
}

/** Fetches what is judged. @throws UserError when nothing names it, or a digest differs */
export async function modelFolder({
  inputs,
  host,
  store,
  trackingUri,
  identity,
  places,
}: Context): Promise<ModelFolder> {
  if (!identity) {
    throw new UserError(
      `evaluator: ${inputs.evaluator} needs something to evaluate: endpoint, start, or a model with model-digest (or a record that names one)`,
    );
  }
  const { workspace, env, cacheDir, signal } = host;
  const options = { store, trackingUri, workspace, env, cacheDir, signal };
  const mapped = mappedModels(env);
  const fetch = (
    what: string,
    input: string,
    ref: string | undefined,
    digest: ModelDigest,
  ): Promise<string> => {
    const place = ref ?? mapped.get(digest);
    if (place !== undefined) return fetchModel(place, digest, options);
    throw new UserError(
      `nothing says where the ${what} ${digest} lies on this machine: pass ${input}, or map it with SLUICE_MODELS=${digest}=<path>`,
    );
  };
  if ('model' in identity) return { model: await fetch('model', 'model', places.model, identity.model) };
  const base = inputs['base-model'] ?? places.baseModel;
  return {
    model: await fetch('base model', 'base-model', base, identity.baseModel),
    adapter: await fetch('adapter', 'model', places.adapter, identity.adapter),
  };
}
