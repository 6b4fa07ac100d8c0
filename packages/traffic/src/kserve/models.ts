import { UserError } from '@sluice/contract';
import type { PodImages } from '../router.ts';

/** A predictor of an InferenceService, or the specification of an LLMInferenceService, as far as it says what is served. */
interface Serving {
  readonly model?: { readonly storageUri?: string; readonly uri?: string };
  readonly containers?: readonly { readonly image?: string }[];
  readonly template?: { readonly containers?: readonly { readonly image?: string }[] };
}

/**
 * What a version serves, as far as its specification names it by digest: the model (`oci://…@sha256:…`) and the containers' images.
 * @param of the version, for errors
 * @throws UserError where it names nothing by digest
 */
export function servedBy(of: string, serving: object): PodImages {
  const { model, containers = [], template } = serving as Serving;
  const named = [
    model?.storageUri,
    model?.uri,
    ...[...containers, ...(template?.containers ?? [])].map(({ image }) => image),
  ].filter((one) => one !== undefined);
  const images = named.filter((one) => one.includes('@sha256:'));
  if (images.length > 0) return { pod: of, images };
  throw new UserError(
    `${of} names what it serves without a digest (${named.join(', ') || 'nothing'}); name the model as oci://<image>@sha256:<digest>`,
  );
}
