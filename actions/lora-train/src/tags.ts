import type { Digest, ModelDigest } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { Tags } from '@sluice/tracking';
import type { Sources } from './sources.ts';

/** Names of a run's tags. */
export const tagNames = {
  inputs: 'sluice.inputs-digest',
  adapter: 'sluice.adapter',
  model: 'sluice.model-digest',
  failure: 'sluice.failure',
  parent: 'sluice.parent',
} as const;

/** What a run was made from, so that it can be found again by any of it. */
export function sourceTags(sources: Sources, environmentDigest: Digest, inputs: Digest, host: Host): Tags {
  const { commit, ref, repository, jobUrl } = host.source;
  return {
    'sluice.step': 'lora-train',
    'sluice.repository': repository,
    ...(commit ? { 'sluice.commit': commit, 'mlflow.source.git.commit': commit } : {}),
    ...(ref ? { 'sluice.ref': ref } : {}),
    ...(jobUrl ? { 'sluice.job': jobUrl } : {}),
    'sluice.base-model-digest': sources.baseModelDigest,
    'sluice.data-version': sources.dataVersion,
    'sluice.hyperparameters-digest': sources.hyperparametersDigest,
    'sluice.environment-digest': environmentDigest,
    [tagNames.inputs]: inputs,
  };
}

export function adapterTags(adapter: { readonly ref: string; readonly digest: ModelDigest }): Tags {
  return { [tagNames.adapter]: adapter.ref, [tagNames.model]: adapter.digest };
}
