import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SystemError, UserError } from '@sluice/contract';
import type { HeldState } from '../router.ts';

/** Where the state of a rollout lies in an object. */
export const ANNOTATION = 'sluice/rollout';

/** All annotations of an object together: keys and values, in bytes (Kubernetes, TotalAnnotationSizeLimitB). */
const LIMIT = 256 * 1024;
/** A state longer than this is packed, in characters: one that is short stays readable in `kubectl get`. */
const READABLE = 16 * 1024;
const PACKED = 'gzip:';

type Annotations = Readonly<Record<string, string>>;

/** @throws UserError where it would not fit beside the object's other annotations */
export function encodeAnnotation(value: unknown, others: Annotations = {}): string {
  const plain = JSON.stringify(value);
  const text = plain.length <= READABLE ? plain : PACKED + gzipSync(plain, { level: 9 }).toString('base64');
  const size = Object.entries({ ...others, [ANNOTATION]: text }).reduce(
    (sum, [key, annotation]) => sum + Buffer.byteLength(key) + Buffer.byteLength(annotation),
    0,
  );
  if (size > LIMIT)
    throw new UserError(
      `The state of the rollout takes ${Math.ceil(text.length / 1024)} KiB, and with it the annotations of the object would take ${Math.ceil(size / 1024)} KiB of the 256 KiB that Kubernetes allows. Give state: file:<path> on a disk that all jobs share.`,
    );
  return text;
}

/** @throws SystemError where it is none; that is never taken for "no state" */
export function decodeAnnotation(annotations: Annotations | undefined, where: string): HeldState | undefined {
  const text = annotations?.[ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const plain = text.startsWith(PACKED)
      ? gunzipSync(Buffer.from(text.slice(PACKED.length), 'base64'), { maxOutputLength: 64 << 20 }).toString()
      : text;
    return { value: JSON.parse(plain), token: tokenOf(text) };
  } catch {
    throw new SystemError(
      `The state in ${where} is not one of ours. It was changed by hand or by another program; put it right, or remove the annotation when no rollout is under way.`,
    );
  }
}

/** Names this very text. */
export function tokenOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
