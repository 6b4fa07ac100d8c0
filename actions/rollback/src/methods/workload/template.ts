import { isDeepStrictEqual } from 'node:util';

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly [more: string]: unknown;
  };
  readonly spec?: {
    readonly containers?: readonly { readonly image?: string }[];
    readonly initContainers?: readonly { readonly image?: string }[];
  };
}

const HASH = 'pod-template-hash';

/** A template as its owner has it: without what a controller adds to its copies. */
export function plain(template: PodTemplate): PodTemplate {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  const { creationTimestamp: __, ...metadata } = template.metadata ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}

/** Whether a Pod made from this template runs an image, by its digest. */
export function runs({ spec }: PodTemplate, image: string): boolean {
  const digest = image.slice(image.indexOf('@') + 1);
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some((c) =>
    c.image?.endsWith(digest),
  );
}

export const sameTemplate = (a: PodTemplate, b: PodTemplate): boolean =>
  isDeepStrictEqual(plain(a), plain(b));
