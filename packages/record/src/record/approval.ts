import { type Decision, type Digest, UserError } from '@sluice/contract';
import { describeIdentity, type Identity, identityOf, sameIdentity } from '../statements/identity.ts';
import type { Statement } from '../statements/statement.ts';
import { TEST_RESULT, type TestResult } from '../statements/test-result.ts';
import type { RecordedStatement, RunRecord } from './run-record.ts';

export interface Approval {
  readonly approved: boolean;
  /** One sentence, for people. */
  readonly reason: string;
  /** The statement that decided it. */
  readonly statement?: Digest;
  /** The approval rests on results that Sluice's evaluator did not make itself. */
  readonly claimed: boolean;
}

interface Verdict {
  readonly digest: Digest;
  readonly decision: Decision;
  readonly gatesDigest: string | undefined;
  /** Milliseconds since 1970; NaN where the statement has no readable time. */
  readonly at: number;
  readonly claimed: boolean;
}

/**
 * Whether a record proves that a gate approved exactly this identity.
 *
 * Denied unless an approval exists (a missing statement never allows), and a reject at or after the newest approval
 * takes it away, also one that lies beside a pinned record. With `gatesDigest` only decisions under those gates
 * count; without it, a reject under any gates does. A statement about results alone proves nothing about a model.
 */
export function provesApproval(
  record: RunRecord,
  { identity, gatesDigest }: { readonly identity: Identity; readonly gatesDigest?: Digest | undefined },
): Approval {
  const what = describeIdentity(identity);
  const relevant = (statements: readonly RecordedStatement[]) =>
    statements
      .flatMap((s) => verdictOn(identity, s))
      .filter((v) => gatesDigest === undefined || v.gatesDigest === gatesDigest);
  const pinned = relevant(record.statements);
  const approvals = pinned.filter((v) => v.decision === 'approve' && !Number.isNaN(v.at));
  const approval = approvals.sort((a, b) => b.at - a.at)[0];
  if (!approval) {
    const last = pinned.sort((a, b) => b.at - a.at)[0];
    const beside = relevant(record.unpinned).some((v) => v.decision === 'approve')
      ? ` An approval lies beside it that ${record.signed ? 'no trusted key has signed' : 'is not part of it'}.`
      : '';
    const said = last ? `the gate said ${last.decision}` : 'no gate has judged it';
    return {
      approved: false,
      reason: `The record ${record.where} holds no approval of ${what}: ${said}.${beside}`,
      ...(last ? { statement: last.digest } : {}),
      claimed: false,
    };
  }
  const rejects = [...pinned, ...relevant(record.unpinned)].filter((v) => v.decision === 'reject');
  // a reject without a readable time counts as the latest
  const reject = rejects.find((v) => !(v.at < approval.at));
  if (reject)
    return {
      approved: false,
      reason: `${what} was approved (${approval.digest}) and rejected afterwards (${reject.digest}).`,
      statement: reject.digest,
      claimed: false,
    };
  return {
    approved: true,
    reason: `A gate approved ${what} (${approval.digest})${approval.claimed ? ', on results that were given to it (claimed)' : ''}.`,
    statement: approval.digest,
    claimed: approval.claimed,
  };
}

function verdictOn(identity: Identity, { digest, statement }: RecordedStatement): Verdict[] {
  if (!isGate(statement)) return [];
  const judged = identityOf(statement.subject);
  const exact = statement.subject.length === ('model' in identity ? 1 : 2);
  if (!judged || !exact || !sameIdentity(judged, identity)) return [];
  const { decision, gates_digest, finished_on, claimed } = statement.predicate.sluice;
  if (decision !== 'approve' && decision !== 'reject' && decision !== 'undecided')
    throw new UserError(
      `The gate's statement ${digest} has the decision '${String(decision)}'; allowed are approve, reject, undecided.`,
    );
  // results of unknown origin count as claimed
  return [
    { digest, decision, gatesDigest: gates_digest, at: Date.parse(finished_on), claimed: claimed !== false },
  ];
}

/** A test-result of one of the kinds that Sluice makes. */
export function isTestResult(statement: Statement): statement is Statement<TestResult> {
  const { sluice } = statement.predicate as Partial<TestResult>;
  return statement.predicateType === TEST_RESULT && typeof sluice === 'object' && sluice !== null;
}

export function isGate(statement: Statement): statement is Statement<TestResult> {
  return isTestResult(statement) && statement.predicate.sluice.kind === 'gate';
}
