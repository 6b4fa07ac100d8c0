import { UserError } from '@sluice/contract';
import { fetchModel } from '@sluice/store';
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
  const place = (what: string, ref: string | undefined): string => {
    if (ref === undefined) throw new UserError(`nothing says where the ${what} lies; pass it as an input`);
    return ref;
  };
  if ('model' in identity)
    return { model: await fetchModel(place('model', places.model), identity.model, options) };
  const base = place('base model', inputs['base-model'] ?? places.baseModel);
  return {
    model: await fetchModel(base, identity.baseModel, options),
    adapter: await fetchModel(place('adapter', places.adapter), identity.adapter, options),
  };
}
