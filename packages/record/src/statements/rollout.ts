import type { CanaryDecision, Digest, ImageRef } from '@sluice/contract';
import { describeIdentity, type Identity, subjectsOf } from './identity.ts';
import { type Maker, OWN, written } from './maker.ts';
import { imageResource } from './provenance.ts';
import { type ResourceDescriptor, STATEMENT_TYPE, type Statement } from './statement.ts';

/** What one tick of a canary decided. */
export const CANARY = `${OWN}:attestation:canary:v1`;
/** What a rollback did. */
export const ROLLBACK = `${OWN}:attestation:rollback:v1`;
/** SLSA Verification Summary v1: whether an identity may be deployed under a policy. */
export const VERIFICATION_SUMMARY = 'https://slsa.dev/verification_summary/v1';

interface Moved {
  readonly runId: string;
  readonly maker: Maker;
  readonly at: Date;
  readonly identity: Identity;
  readonly image?: ImageRef;
  /** What receives the traffic, as the input `target` says. */
  readonly target: string;
  readonly router: string;
}

export interface CanaryPredicate {
  readonly run_id: string;
  readonly at: string;
  readonly maker: Maker;
  readonly router: string;
  readonly target: string;
  readonly decision: CanaryDecision;
  readonly stage: number;
  /** Per cent after the decision. */
  readonly weight: number;
  readonly reason: string;
  readonly policy_digest: Digest;
  /** Of the record that the rollout was started with. */
  readonly record_digest?: Digest;
  readonly metrics?: Readonly<Record<string, number>>;
}

export function canaryStatement(
  tick: Moved & {
    readonly decision: CanaryDecision;
    readonly stage: number;
    readonly weight: number;
    readonly reason: string;
    readonly policyDigest: Digest;
    readonly recordDigest?: Digest;
    readonly metrics?: Readonly<Record<string, number>>;
  },
): Statement<CanaryPredicate> {
  return moved(tick, CANARY, {
    ...common(tick),
    decision: tick.decision,
    stage: tick.stage,
    weight: tick.weight,
    reason: tick.reason,
    policy_digest: tick.policyDigest,
    ...(tick.recordDigest ? { record_digest: tick.recordDigest } : {}),
    ...(tick.metrics ? { metrics: tick.metrics } : {}),
  });
}

export interface RollbackPredicate {
  readonly run_id: string;
  readonly at: string;
  readonly maker: Maker;
  readonly router: string;
  readonly target: string;
  readonly rolled_back: boolean;
  readonly verified: boolean;
  readonly drill: boolean;
  readonly reason: string;
  readonly from_version?: string;
  readonly to_version?: string;
  readonly restored_run_id?: string;
  readonly duration_ms: number;
}

export function rollbackStatement(
  rollback: Moved & {
    readonly rolledBack: boolean;
    readonly verified: boolean;
    readonly drill: boolean;
    readonly reason: string;
    readonly fromVersion?: string;
    readonly toVersion?: string;
    readonly restoredRunId?: string;
    readonly durationMs: number;
  },
): Statement<RollbackPredicate> {
  return moved(rollback, ROLLBACK, {
    ...common(rollback),
    rolled_back: rollback.rolledBack,
    verified: rollback.verified,
    drill: rollback.drill,
    reason: rollback.reason,
    ...(rollback.fromVersion ? { from_version: rollback.fromVersion } : {}),
    ...(rollback.toVersion ? { to_version: rollback.toVersion } : {}),
    ...(rollback.restoredRunId ? { restored_run_id: rollback.restoredRunId } : {}),
    duration_ms: rollback.durationMs,
  });
}

export interface VerificationSummary {
  readonly verifier: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: ResourceDescriptor;
  readonly inputAttestations: readonly ResourceDescriptor[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
}

/** Whether an identity may go to a target: made after the record was checked, from the statements it names. */
export function deployStatement(
  deploy: Moved & {
    readonly allowed: boolean;
    readonly policyDigest: Digest;
    /** Digests of the statements that were believed. */
    readonly evidence: readonly Digest[];
  },
): Statement<VerificationSummary> {
  const { maker } = deploy;
  return moved(deploy, VERIFICATION_SUMMARY, {
    verifier: { id: `${OWN}:action:${maker.action}`, version: { [maker.action]: maker.version } },
    timeVerified: written(deploy.at),
    resourceUri: deploy.image ?? `${OWN}:${describeIdentity(deploy.identity).replaceAll(' ', '-')}`,
    policy: { digest: { sha256: deploy.policyDigest.slice(7) } },
    inputAttestations: deploy.evidence.map((digest) => ({ digest: { sha256: digest.slice(7) } })),
    verificationResult: deploy.allowed ? 'PASSED' : 'FAILED',
    verifiedLevels: deploy.allowed ? ['SLSA_BUILD_LEVEL_1'] : [],
  });
}

function moved<P>({ identity, image }: Moved, predicateType: string, predicate: P): Statement<P> {
  const subject = [...subjectsOf(identity), ...(image ? [imageResource('image', image)] : [])];
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

const common = ({ runId, at, maker, router, target }: Moved) => ({
  run_id: runId,
  at: written(at),
  maker,
  router,
  target,
});
