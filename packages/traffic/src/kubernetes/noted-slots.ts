import type { KubernetesObject } from '@sluice/kubernetes';
import type { Slot } from '../router.ts';

/**
 * Says which slot each version of an object is, where one object holds both: what its controller calls stable changes place with every
 * promotion, a rollout's slots do not.
 */
export const SLOTS = 'sluice/slots';

/** A version (a hash, the name of a revision) and the slot it stands in. */
export interface Noted {
  readonly slot: Slot;
  readonly version: string;
}

export const otherSlot = (slot: Slot): Slot => (slot === 'stable' ? 'canary' : 'stable');

/** What was noted last: what was stable then, and the candidate that a share was set for. */
export function notedIn({ metadata }: KubernetesObject): readonly Noted[] {
  const text = metadata.annotations?.[SLOTS];
  return (text?.split(',') ?? []).flatMap((part) => {
    const [, slot, version] = /^(stable|canary)=([\w.-]+)$/.exec(part) ?? [];
    return slot && version ? [{ slot: slot as Slot, version }] : [];
  });
}

/** The value of the annotation. */
export const noteOf = (...noted: readonly Noted[]): string =>
  noted.map(({ slot, version }) => `${slot}=${version}`).join(',');

/** The slot that the version which is stable now stands in. One that was put in its place without us stands where it stood. */
export function slotOfStable(object: KubernetesObject, version: string | undefined): Slot {
  const [stood, candidate] = notedIn(object);
  if (!stood) return 'stable';
  return candidate && candidate.version === version ? otherSlot(stood.slot) : stood.slot;
}
