import type { Digest, ModelDigest } from '@sluice/contract';
import { digestOfResource, type ResourceDescriptor, resource, type Subject } from './statement.ts';

/** What is deployed: a merged or quantized model, or a base model with an adapter. */
export type Identity =
  | { readonly model: ModelDigest }
  | { readonly baseModel: ModelDigest; readonly adapter: ModelDigest };

/** Where the parts of an identity lie, where that is known. */
export interface Places {
  readonly model?: string;
  readonly baseModel?: string;
  readonly adapter?: string;
}

/** The subjects of a statement about an identity, and of no other. */
export function subjectsOf(identity: Identity, places: Places = {}): Subject[] {
  return 'model' in identity
    ? [resource('model', identity.model, places.model)]
    : [
        resource('base-model', identity.baseModel, places.baseModel),
        resource('adapter', identity.adapter, places.adapter),
      ];
}

/** The identity that a list of resources names, or undefined where it names none or more than one. */
export function identityOf(resources: readonly ResourceDescriptor[]): Identity | undefined {
  const find = (name: string): Digest | undefined => {
    const found = resources.filter((r) => r.name === name);
    return found.length === 1 && found[0] ? digestOfResource(found[0]) : undefined;
  };
  const [model, baseModel, adapter] = [find('model'), find('base-model'), find('adapter')];
  if (model && !adapter) return { model: model as ModelDigest };
  if (!model && baseModel && adapter)
    return { baseModel: baseModel as ModelDigest, adapter: adapter as ModelDigest };
  return undefined;
}

export function sameIdentity(a: Identity, b: Identity): boolean {
  if ('model' in a) return 'model' in b && a.model === b.model;
  return !('model' in b) && a.baseModel === b.baseModel && a.adapter === b.adapter;
}

/** For a sentence: `model sha256:…` or `base model sha256:… with adapter sha256:…`. */
export function describeIdentity(identity: Identity): string {
  return 'model' in identity
    ? `model ${identity.model}`
    : `base model ${identity.baseModel} with adapter ${identity.adapter}`;
}
