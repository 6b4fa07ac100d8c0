import { type Percent, UserError } from '@sluice/contract';
import type { Condition, KubernetesObject } from '@sluice/kubernetes';
import { notedIn, otherSlot, slotOfStable } from '../kubernetes/noted-slots.ts';
import type { Slot } from '../router.ts';

/** `spec.predictor`: what serves the model. Every change but that of the share makes a new revision. */
export interface Predictor {
  readonly canaryTrafficPercent?: number;
  readonly [field: string]: unknown;
}

/** @see https://github.com/kserve/kserve/blob/v0.20.0/pkg/apis/serving/v1beta1/inference_service_status.go */
export interface InferenceService extends KubernetesObject {
  readonly spec: { readonly predictor: Predictor };
  readonly status?: {
    readonly deploymentMode?: string;
    readonly conditions?: readonly Condition[];
    readonly components?: { readonly predictor?: PredictorStatus };
  };
}

export interface PredictorStatus {
  readonly latestCreatedRevision?: string;
  readonly latestReadyRevision?: string;
  /** The last one that had everybody, which gets what the latest one does not; and the one that had everybody before it. */
  readonly latestRolledoutRevision?: string;
  readonly previousRolledoutRevision?: string;
  readonly traffic?: readonly { readonly revisionName?: string; readonly percent?: number }[];
}

/** Which revisions there are, and the slots they stand in. */
export interface Revisions {
  /** Made from the specification as it is; `canaryTrafficPercent` is its share. */
  readonly latest: string;
  readonly slotOfLatest: Slot;
  /** The one that keeps the rest; undefined where there is none beside the latest. */
  readonly other: string | undefined;
  readonly latestReady: boolean;
  /** A share was set for the latest one as the candidate. */
  readonly steered: boolean;
  /** KServe has not given everybody to the latest one, or has taken them back. */
  readonly candidate: boolean;
}

const MODES = /^(Knative|Serverless)$/;

/** @throws UserError where KServe would not keep a share for it */
export function checkShared({ metadata, status }: InferenceService): void {
  const mode = status?.deploymentMode ?? metadata.annotations?.['serving.kserve.io/deploymentMode'];
  if (mode !== undefined && !MODES.test(mode))
    throw new UserError(
      `InferenceService ${metadata.name} is of the deployment mode ${mode}, in which KServe keeps no share between two revisions. Use the mode Knative, or two InferenceServices behind a route of your own with router gateway-api.`,
    );
  if (!status?.components?.predictor?.latestRolledoutRevision)
    throw new UserError(
      `InferenceService ${metadata.name} has no revision that ever had all users (status.components.predictor.latestRolledoutRevision), so KServe would give everybody to the next one at once. Wait until it is Ready; a KServe controller must be running.`,
    );
}

/** The revisions as KServe last said them. */
export function revisionsOf(service: InferenceService): Revisions {
  const said = service.status?.components?.predictor ?? {};
  const rolledOut = said.latestRolledoutRevision ?? '';
  const latest = said.latestCreatedRevision ?? rolledOut;
  const candidate = latest !== rolledOut;
  const stands = slotOfStable(service, rolledOut);
  return {
    latest,
    candidate,
    slotOfLatest: candidate ? otherSlot(stands) : stands,
    other: (candidate ? rolledOut : said.previousRolledoutRevision) || undefined,
    latestReady: said.latestReadyRevision === latest,
    steered: notedIn(service)[1]?.version === latest,
  };
}

/** The share of the latest revision that the specification asks for. */
export function askedOfLatest({ spec }: InferenceService, { candidate, steered }: Revisions): Percent {
  const asked = spec.predictor.canaryTrafficPercent ?? 100;
  // a new model lies in the specification, and KServe has not made its revision yet: everybody is where they were
  return candidate || steered ? asked : 100;
}

/** The share that KServe says it gives the latest revision; undefined where it says nothing. */
export function givenToLatest({ status }: InferenceService, { latest }: Revisions): Percent | undefined {
  const traffic = status?.components?.predictor?.traffic;
  if (!traffic?.some(({ percent }) => percent !== undefined)) return undefined;
  return traffic.reduce(
    (sum, { revisionName, percent = 0 }) => (revisionName === latest ? sum + percent : sum),
    0,
  );
}

/** A share of slot `canary` as one of the latest revision, and the other way round. */
export const ofLatest = ({ slotOfLatest }: Revisions, percent: Percent): Percent =>
  slotOfLatest === 'canary' ? percent : Math.round((100 - percent) * 100) / 100;

/**
 * Share of slot `canary`. While KServe still gives the candidate more than the specification asks for, that counts: a share that
 * was taken back is not taken back before users are gone.
 */
export function shareIn(service: InferenceService): Percent {
  const revisions = revisionsOf(service);
  const asked = askedOfLatest(service, revisions);
  const followed = revisions.candidate || revisions.steered;
  const given = followed ? givenToLatest(service, revisions) : undefined;
  return ofLatest(revisions, Math.max(asked, given ?? asked));
}
