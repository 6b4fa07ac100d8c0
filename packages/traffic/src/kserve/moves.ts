import { isDeepStrictEqual } from 'node:util';
import { type Percent, quote, SystemError, UserError } from '@sluice/contract';
import { noteOf, otherSlot, SLOTS } from '../kubernetes/noted-slots.ts';
import type { Slot } from '../router.ts';
import {
  askedOfLatest,
  type InferenceService,
  ofLatest,
  type Predictor,
  type Revisions,
  revisionsOf,
} from './inference-service.ts';
import { mergePatch } from './merge-patch.ts';

/** The predictors of the two versions that had all users last, the latest first, each with the revision that was made from it. */
export const KEPT = 'sluice/kserve-predictor';

interface Kept {
  readonly revision: string;
  readonly predictor: object;
}

/**
 * What sets the share of slot `canary`, as a merge patch; undefined where the specification asks for it already.
 * @throws UserError where KServe cannot
 */
export function moved(service: InferenceService, percent: Percent): object | undefined {
  const { name } = service.metadata;
  const revisions = revisionsOf(service);
  const share = ofLatest(revisions, percent);
  if (!Number.isInteger(share))
    throw new UserError(
      `InferenceService ${name} splits in steps of 1 %; ${quote(String(share))} % is none. Choose other shares in the plan.`,
    );
  if (askedOfLatest(service, revisions) === share) return undefined;
  const { latest, other, slotOfLatest, candidate, steered } = revisions;
  // one that was promoted can be taken back, to the revision that had everybody before it, and no further
  if (other === undefined || !(candidate || steered || share === 0)) throw noCandidate(name, share);
  const note = noteOf(
    { slot: otherSlot(slotOfLatest), version: other },
    { slot: slotOfLatest, version: latest },
  );
  return {
    metadata: { annotations: { [SLOTS]: note } },
    spec: { predictor: { canaryTrafficPercent: share } },
  };
}

const noCandidate = (name: string, share: Percent) =>
  new UserError(
    `InferenceService ${name} has no version besides the one that has all users, so ${100 - share} % cannot be sent to another. Put the new model into spec.predictor, with canaryTrafficPercent: 0 in the same change.`,
  );

/** All users are asked for, and KServe does not count the revision as rolled out yet: it is not in order before it does. */
export function beingPromoted(service: InferenceService, live: Slot): boolean {
  const revisions = revisionsOf(service);
  const { slotOfLatest, candidate, steered } = revisions;
  return live === slotOfLatest && candidate && steered && askedOfLatest(service, revisions) === 100;
}

/** A rollout is closed: what puts the object in order, one change at a time; undefined where it is. */
export function closed(service: InferenceService, live: Slot): object | undefined {
  const revisions = revisionsOf(service);
  const { latest, slotOfLatest, other, candidate, steered } = revisions;
  // a version that came since has nothing to do with the rollout that is closed
  if (!steered) return undefined;
  const asked = askedOfLatest(service, revisions);
  if (live === slotOfLatest) {
    if (asked < 100 || candidate) return undefined;
    const note = noteOf({ slot: slotOfLatest, version: latest });
    return {
      metadata: { annotations: { [SLOTS]: note, [KEPT]: keptWith(service, latest) } },
      spec: { predictor: { canaryTrafficPercent: null } },
    };
  }
  const kept = keptOf(service, other);
  if (asked > 0 || !candidate || other === undefined || !kept) return undefined;
  return {
    metadata: { annotations: { [SLOTS]: noteOf({ slot: otherSlot(slotOfLatest), version: other }) } },
    // the share of the latest revision stays 0: the model that was taken back is the latest that is ready until the next one is
    spec: { predictor: mergePatch(withoutShare(service.spec.predictor), kept) },
  };
}

/** What keeps the predictor that has all users now, so that a rollback can put it in again; undefined where nothing is to be kept. */
export function keeping(service: InferenceService): object | undefined {
  const { latest, candidate, latestReady } = revisionsOf(service);
  const resting = !candidate && latestReady && service.spec.predictor.canaryTrafficPercent === undefined;
  if (!resting || keptOf(service, latest)) return undefined;
  return { metadata: { annotations: { [KEPT]: keptWith(service, latest) } } };
}

/** Why there is nothing that users could be sent to yet, or something else than was; undefined: there is. */
export function wrongIn(service: InferenceService): string | undefined {
  const { name } = service.metadata;
  const revisions = revisionsOf(service);
  const { latest, candidate, steered, latestReady } = revisions;
  if (steered && !candidate) return undefined;
  if (!candidate)
    return `InferenceService ${name} has no version besides the one that has all users: put the new model into spec.predictor, with canaryTrafficPercent: 0 in the same change`;
  if (isRestored(service, revisions))
    return `InferenceService ${name} holds the model that has all users again, and no new one: put it into spec.predictor`;
  if (!latestReady) return `KServe has not brought up ${latest} of InferenceService ${name} yet`;
  if (!steered && askedOfLatest(service, revisions) > 0)
    return `spec.predictor of InferenceService ${name} has changed since its share was set: KServe sends users to ${latest}, which nobody has judged`;
  return undefined;
}

/** What is noted of the object for who reads the log of a tick. */
export function notesOf(service: InferenceService): string[] {
  const revisions = revisionsOf(service);
  const { latest, other, candidate } = revisions;
  const ready = service.status?.conditions?.find(({ type }) => type === 'Ready');
  const unready =
    ready && ready.status !== 'True'
      ? [
          `KServe says Ready=${ready.status} of ${service.metadata.name}: ${ready.reason ?? ''} ${ready.message ?? ''}`.trim(),
        ]
      : [];
  const unknown = candidate && !keptOf(service, other);
  return unknown
    ? [
        ...unready,
        `the predictor of ${other} was never seen here, so a rollback leaves that of ${latest} in ${service.metadata.name}, at 0 %`,
      ]
    : unready;
}

function isRestored(service: InferenceService, { other, steered }: Revisions): boolean {
  return !steered && isDeepStrictEqual(withoutShare(service.spec.predictor), keptOf(service, other));
}

const withoutShare = ({ canaryTrafficPercent: _, ...predictor }: Predictor): object => predictor;

/** The predictor of a revision, where it was kept. */
export const keptOf = (service: InferenceService, revision: string | undefined): object | undefined =>
  keptIn(service).find((kept) => kept.revision === revision)?.predictor;

function keptWith(service: InferenceService, revision: string): string {
  const before = keptIn(service).filter((kept) => kept.revision !== revision);
  const mine: Kept = { revision, predictor: withoutShare(service.spec.predictor) };
  return JSON.stringify([mine, ...before].slice(0, 2));
}

/** @throws SystemError where it was changed by hand */
function keptIn({ metadata }: InferenceService): readonly Kept[] {
  const text = metadata.annotations?.[KEPT];
  if (text === undefined) return [];
  const value = parsed(text);
  if (Array.isArray(value) && value.every(isKept)) return value;
  throw new SystemError(
    `The annotation ${KEPT} of InferenceService ${metadata.name} is not one of ours. It was changed by hand or by another program; remove it.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is Kept {
  const { revision, predictor } = (value ?? {}) as Partial<Kept>;
  return typeof revision === 'string' && typeof predictor === 'object' && predictor !== null;
}
