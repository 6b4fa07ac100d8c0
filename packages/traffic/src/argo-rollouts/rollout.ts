import { type Percent, quote, UserError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import { notedIn, noteOf, otherSlot, SLOTS, slotOfStable } from '../kubernetes/noted-slots.ts';
import type { Slot } from '../router.ts';
import { type CanaryStep, lastWeight, stepsTo } from './steps.ts';

/** @see https://argo-rollouts.readthedocs.io/en/stable/features/specification/ */
export interface ArgoRollout extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: {
      readonly canary?: {
        readonly stableService?: string;
        readonly canaryService?: string;
        readonly steps?: readonly CanaryStep[];
        readonly trafficRouting?: { readonly maxTrafficWeight?: number };
      };
    };
  };
  readonly status?: {
    /** A number as a text. */
    readonly observedGeneration?: string;
    /** Hash of the template that is stable, and of the one that is wanted. */
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly abort?: boolean;
    readonly phase?: string;
    readonly message?: string;
    readonly canary?: { readonly weights?: { readonly canary: { readonly weight: number } } };
  };
}

/** The largest weight, 100 where nothing else is set. */
export function wholeOf({ spec }: ArgoRollout): number {
  return spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100;
}

/** Hash of the version that is not stable yet; undefined where there is none. */
export function candidateOf({ status }: ArgoRollout): string | undefined {
  const { stableRS, currentPodHash } = status ?? {};
  return currentPodHash === undefined || currentPodHash === stableRS ? undefined : currentPodHash;
}

/** The slot that Argo's stable version stands in. */
export const stableSlot = (rollout: ArgoRollout): Slot => slotOfStable(rollout, rollout.status?.stableRS);

/** Hash of the candidate that a share was set for last. */
export const steered = (rollout: ArgoRollout): string | undefined => notedIn(rollout)[1]?.version;

/** Share of slot `canary`, by what Argo has told its traffic router. */
export function shareIn(rollout: ArgoRollout): Percent {
  const weight =
    candidateOf(rollout) === undefined ? 0 : (rollout.status?.canary?.weights?.canary.weight ?? 0);
  return ofCanary(rollout, Math.round((weight / wholeOf(rollout)) * 10_000) / 100);
}

/** Share of slot `canary` that the steps lead to. */
export function aimIn(rollout: ArgoRollout): Percent {
  const aim = lastWeight(rollout.spec.strategy?.canary?.steps ?? []) ?? 0;
  return candidateOf(rollout) === undefined || rollout.status?.abort
    ? ofCanary(rollout, 0)
    : ofCanary(rollout, Math.round((aim / wholeOf(rollout)) * 10_000) / 100);
}

/** A share of the slot `canary` as one of Argo's candidate. */
export const ofCandidate = (rollout: ArgoRollout, percent: Percent): Percent =>
  stableSlot(rollout) === 'stable' ? percent : Math.round((100 - percent) * 100) / 100;

/** The other way round. */
const ofCanary = ofCandidate;

/**
 * What sets the share of slot `canary`, as a merge patch; undefined where the steps lead there already.
 * @throws UserError where Argo cannot
 */
export function moved(rollout: ArgoRollout, percent: Percent): object | undefined {
  if (aimIn(rollout) === percent) return undefined;
  const { name } = rollout.metadata;
  const candidate = candidateOf(rollout);
  const share = ofCandidate(rollout, percent);
  if (candidate === undefined)
    throw new UserError(
      `Rollout ${name} has no version besides its stable one, so ${share} % of the users cannot be sent to another. A new version begins with a change of its template (image); one that was promoted is taken back by the image that it had before (kubectl argo rollouts undo).`,
    );
  const whole = wholeOf(rollout);
  const weight = (share * whole) / 100;
  if (!Number.isInteger(Math.round(weight * 1e6) / 1e6))
    throw new UserError(
      `Rollout ${name} splits in steps of ${100 / whole} %; ${quote(String(share))} % is none. Choose other shares in the plan, or set trafficRouting.maxTrafficWeight where its traffic router allows it.`,
    );
  const slot = stableSlot(rollout);
  const steps = stepsTo(Math.round(weight), {
    from: rollout.status?.canary?.weights?.canary.weight ?? 0,
    whole,
    replicas: rollout.spec.replicas ?? 1,
  });
  const note = noteOf(
    { slot, version: String(rollout.status?.stableRS) },
    { slot: otherSlot(slot), version: candidate },
  );
  return {
    metadata: { annotations: { [SLOTS]: note } },
    spec: { strategy: { canary: { steps } } },
  };
}
