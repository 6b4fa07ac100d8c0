import { createHash } from 'node:crypto';
import { SystemError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import type { Segments, Slot } from '../router.ts';

/** Where it lies in an object whom the share counts for, and which rules were made for that. */
export const SEGMENTS = 'sluice/segments';

export interface SegmentNote {
  readonly segments: Segments;
  /** Where everybody else is sent. */
  readonly outside: Slot;
  /** Digests of the rules that were added. */
  readonly added: readonly string[];
  /** Digests of the user's own rules that are for users of the segments alone. */
  readonly whole: readonly string[];
}

/** @throws SystemError where it is none; that is never taken for "everybody" */
export function noteIn({ metadata }: KubernetesObject): SegmentNote | undefined {
  const text = metadata.annotations?.[SEGMENTS];
  if (text === undefined) return undefined;
  try {
    const note: unknown = JSON.parse(text);
    if (isNote(note)) return note;
  } catch {}
  throw new SystemError(
    `The annotation ${SEGMENTS} of ${metadata.name} is not one of ours. It was changed by hand or by another program; remove it together with the rules that were added for the segments.`,
  );
}

function isNote(note: unknown): note is SegmentNote {
  if (typeof note !== 'object' || note === null) return false;
  const { segments, outside, added, whole } = note as { [key in keyof SegmentNote]?: unknown };
  return (
    typeof segments === 'object' &&
    segments !== null &&
    Object.values(segments).every(areTexts) &&
    (outside === 'stable' || outside === 'canary') &&
    areTexts(added) &&
    areTexts(whole)
  );
}

const areTexts = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.every((one) => typeof one === 'string');

/** Names a rule by what it says, in whatever order an API server writes its fields. */
export function digestOf(rule: object): string {
  const text = JSON.stringify(rule, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
