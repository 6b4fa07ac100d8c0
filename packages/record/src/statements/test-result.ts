import type { Decision, Digest, ImageRef } from '@sluice/contract';
import { type Identity, type Places, subjectsOf } from './identity.ts';
import { type Maker, written } from './maker.ts';
import { imageResource } from './provenance.ts';
import {
  type ResourceDescriptor,
  resource,
  STATEMENT_TYPE,
  type Statement,
  type Subject,
} from './statement.ts';

/** in-toto test-result v0.1: what was tested, with which configuration, and what failed. */
export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';

/** test-result v0.1; what the specification has no field for lies under `sluice`. */
export interface TestResult {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED';
  readonly configuration: readonly ResourceDescriptor[];
  readonly url?: string;
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
  readonly sluice: TestDetails;
}

/** What a gate, a smoke test or the code checks add to a test-result. */
export interface TestDetails {
  readonly kind: 'gate' | 'smoke-test' | 'code';
  readonly run_id?: string;
  readonly finished_on: string;
  readonly maker: Maker;
  readonly decision?: Decision;
  readonly gates_digest?: Digest;
  /** The results were not made by an evaluator that Sluice started. */
  readonly claimed?: boolean;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly version?: string;
  readonly registry_version?: string;
}

interface Tested {
  readonly maker: Maker;
  readonly finishedAt: Date;
  /** The job's page. */
  readonly url?: string;
  /** Finite numbers. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * What a gate decided. The subject is exactly the identity that was judged; where no model digest is known it is the
 * candidate's results, and such a statement proves nothing about a model.
 */
export function gateStatement(
  test: Tested & {
    readonly runId: string;
    readonly identity?: Identity;
    readonly places?: Places;
    readonly decision: Decision;
    readonly gates: readonly { readonly name: string; readonly decision: Decision }[];
    readonly gatesDigest: Digest;
    /** Of the normalised results per item. */
    readonly candidateResults: Digest;
    readonly baselineResults?: Digest;
    readonly dataset?: Digest;
    /** Of the human review: its key and all ratings. */
    readonly review?: Digest;
    /** Of what a judge model was asked. */
    readonly judge?: Digest;
    readonly claimed: boolean;
    readonly version?: string;
    readonly registryVersion?: string;
  },
): Statement<TestResult> {
  const named = (d: Decision) => test.gates.filter((g) => g.decision === d).map((g) => g.name);
  return statement(
    test.identity ? subjectsOf(test.identity, test.places) : [resource('results', test.candidateResults)],
    test,
    {
      result: { approve: 'PASSED', undecided: 'WARNED', reject: 'FAILED' }[
        test.decision
      ] as TestResult['result'],
      configuration: [
        resource('gates', test.gatesDigest),
        resource('candidate-results', test.candidateResults),
        ...(test.baselineResults ? [resource('baseline-results', test.baselineResults)] : []),
        ...(test.dataset ? [resource('dataset', test.dataset)] : []),
        ...(test.review ? [resource('review', test.review)] : []),
        ...(test.judge ? [resource('judge', test.judge)] : []),
      ],
      passedTests: named('approve'),
      warnedTests: named('undecided'),
      failedTests: named('reject'),
    },
    {
      kind: 'gate',
      run_id: test.runId,
      decision: test.decision,
      gates_digest: test.gatesDigest,
      claimed: test.claimed,
      ...(test.version === undefined ? {} : { version: test.version }),
      ...(test.registryVersion === undefined ? {} : { registry_version: test.registryVersion }),
    },
  );
}

/** What a smoke test found. Without identity and image the subject is its report. */
export function smokeTestStatement(
  test: Tested & {
    readonly runId: string;
    readonly identity?: Identity;
    readonly image?: ImageRef;
    readonly report: Digest;
    readonly healthy: boolean;
    readonly checks: readonly { readonly name: string; readonly passed: boolean }[];
  },
): Statement<TestResult> {
  const subject = [
    ...(test.identity ? subjectsOf(test.identity) : []),
    ...(test.image ? [imageResource('image', test.image)] : []),
  ];
  return statement(
    subject.length > 0 ? subject : [resource('report', test.report)],
    test,
    {
      result: test.healthy ? 'PASSED' : 'FAILED',
      configuration: [resource('report', test.report)],
      passedTests: test.checks.filter((c) => c.passed).map((c) => c.name),
      warnedTests: [],
      failedTests: test.checks.filter((c) => !c.passed).map((c) => c.name),
    },
    { kind: 'smoke-test', run_id: test.runId },
  );
}

/** What linters and tests said of a commit. It belongs to a commit, to no run. */
export function codeStatement(
  test: Tested & {
    readonly commit: string;
    readonly passed: boolean;
    readonly checks: readonly { readonly name: string; readonly passed: boolean }[];
    /** The locked dependencies that they ran with. */
    readonly environmentDigest?: Digest;
  },
): Statement<TestResult> {
  return statement(
    [{ name: test.maker.repository ?? 'source', digest: { gitCommit: test.commit } }],
    test,
    {
      result: test.passed ? 'PASSED' : 'FAILED',
      configuration: test.environmentDigest ? [resource('environment', test.environmentDigest)] : [],
      passedTests: test.checks.filter((c) => c.passed).map((c) => c.name),
      warnedTests: [],
      failedTests: test.checks.filter((c) => !c.passed).map((c) => c.name),
    },
    { kind: 'code' },
  );
}

function statement(
  subject: readonly Subject[],
  { maker, finishedAt, url, metrics }: Tested,
  result: Pick<TestResult, 'result' | 'configuration' | 'passedTests' | 'warnedTests' | 'failedTests'>,
  details: Omit<TestDetails, 'maker' | 'finished_on' | 'metrics'>,
): Statement<TestResult> {
  return {
    _type: STATEMENT_TYPE,
    subject,
    predicateType: TEST_RESULT,
    predicate: {
      ...result,
      ...(url === undefined ? {} : { url }),
      sluice: { ...details, maker, finished_on: written(finishedAt), ...(metrics ? { metrics } : {}) },
    },
  };
}
