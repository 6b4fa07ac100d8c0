import { type Branded, Invalid, type JsonSchema, type Type } from '../type.ts';
import { WHY_EMPTY } from './words.ts';

export type RunId = Branded<'RunId'>;
export type Digest = Branded<'Digest'>;
/** The OpenSSF model-signing root of a folder of a model. */
export type ModelDigest = Digest & Branded<'ModelDigest'>;
export type ImageRef = Branded<'ImageRef'>;
export type RecordRef = Branded<'RecordRef'>;
export type ModelRef = Branded<'ModelRef'>;

interface Pattern {
  readonly name: string;
  readonly rule: string;
  readonly pattern: string;
  readonly hint?: (text: string) => string | undefined;
}

function patterned<T extends string>({ name, rule, pattern, hint }: Pattern): Type<T> {
  const regex = new RegExp(pattern, 'u');
  const schema: JsonSchema = { type: 'string', pattern };
  return {
    name,
    rule,
    parse: (t) => {
      if (t === '') throw new Invalid('is empty', WHY_EMPTY);
      if (!regex.test(t)) throw new Invalid(`is not a ${name}`, hint?.(t));
      return t as T;
    },
    format: (v) => v,
    schema,
    typing: { type: 'string' },
    wired: true,
  };
}

const RESERVED = [
  'previous',
  'none',
  'approve',
  'reject',
  'undecided',
  'complete',
  'rollback',
  'advance',
  'absolute-only',
];

const runIdText = patterned<RunId>({
  name: 'RunId',
  rule: '8 to 64 letters, digits, _ or -',
  pattern: '^[A-Za-z0-9_-]{8,64}$',
});

/** What joins commit, data, hyperparameters, evaluation, image, canary and rollback. The words of the enums are reserved. */
export const runId: Type<RunId> = {
  ...runIdText,
  parse: (t) => {
    if (RESERVED.includes(t)) throw new Invalid(`is a reserved word, not a RunId`);
    return runIdText.parse(t);
  },
};

const digestPattern = { rule: "'sha256:' and 64 lower-case hex digits", pattern: '^sha256:[0-9a-f]{64}$' };
const digestHint = (t: string) => (/^[0-9a-f]{64}$/i.test(t) ? `write sha256:${t.toLowerCase()}` : undefined);

/** A SHA-256 of bytes. */
export const digest: Type<Digest> = patterned({ name: 'Digest', ...digestPattern, hint: digestHint });

/** A SHA-256 that names a model: the root over its files as in OpenSSF model signing v1.0. */
export const modelDigest: Type<ModelDigest> = patterned({
  name: 'ModelDigest',
  ...digestPattern,
  hint: digestHint,
});

/** An image by digest; a tag alone may move and is refused where something is deployed. */
export const imageRef: Type<ImageRef> = patterned({
  name: 'ImageRef',
  rule: 'registry/name@sha256:<64 hex>',
  pattern: '^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$',
  hint: (t) =>
    /:[\w.-]+$/.test(t)
      ? 'a tag can be moved to another image; give the digest, as the output `image` of build-vllm-image does'
      : undefined,
});

/** A record of statements, pinned: the digest is over its statements' digests, sorted. */
export const recordRef: Type<RecordRef> = patterned({
  name: 'RecordRef',
  rule: '<path or URI>#sha256=<64 hex>',
  pattern: '^[^#\\s]+#sha256=[0-9a-f]{64}$',
  hint: (t) =>
    t.includes('#')
      ? undefined
      : 'pass the output `record` of the earlier step whole, with its #sha256=… end',
});

/** Where a model lies. It is never used without a digest. */
export const modelRef: Type<ModelRef> = patterned({
  name: 'ModelRef',
  rule: 'a path, runs:/<run-id>/<path>, s3://… or oci://…',
  pattern: '^(runs:/[A-Za-z0-9_-]{8,64}/.+|s3://.+|oci://.+|(?!runs:|[a-z0-9]+://).+)$',
  hint: (t) =>
    /^https?:/i.test(t) || /^hf:/i.test(t)
      ? 'models are not fetched from the web or a hub; fetch it first and give the folder'
      : undefined,
});

/** The two halves of a record reference. */
export function splitRecordRef(ref: RecordRef): { uri: string; digest: Digest } {
  const at = ref.lastIndexOf('#sha256=');
  return { uri: ref.slice(0, at), digest: `sha256:${ref.slice(at + 8)}` as Digest };
}

/** Joins a place and a digest; inverse of {@link splitRecordRef}. */
export function joinRecordRef(uri: string, sha: Digest): RecordRef {
  return recordRef.parse(`${uri}#${sha.replace(':', '=')}`);
}
