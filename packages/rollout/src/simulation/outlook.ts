import { duration } from '@sluice/contract';
import type { Evidence } from '../judge/judge.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy, SequentialPolicy } from '../policy/policy.ts';

/** What one stage can say. */
export interface StageOutlook {
  readonly percent: number;
  readonly soakMs: number;
  /** Requests that the candidate serves in it. */
  readonly requests: number;
  /** Whether a fault of `detect` (errors) can be told from the usual within it. */
  readonly decides: boolean;
  /** The soak that would do, rounded up to whole minutes; the given one where it does, or where no soak would. */
  readonly needsMs: number;
  readonly reason: string;
}

/** Requests in which the fault makes 7 errors: fewer say nothing against chance at the levels that a rollback asks for. */
const EVENTS = 7;
/** A block adds at most ln 2 to the evidence. */
const BLOCKS = 7;

/** Whether each stage can decide at this rate of requests, and how long it would need. */
export function stageOutlooks(
  plan: Plan,
  policy: Policy,
  evidence: Evidence,
  requestsPerSecond: number,
  errorShare: number,
): StageOutlook[] {
  return plan.map(({ percent, soakMs }) => {
    const perMs = (requestsPerSecond * percent) / 100 / 1000;
    const requests = Math.round(perMs * soakMs);
    const lack =
      policy.kind === 'classic' || evidence.kind === 'classic'
        ? skipped(policy, perMs)
        : tooShort(policy, evidence.guards.errors?.block ?? 1, errorShare, perMs, soakMs);
    const reason = `${requests} requests of the candidate${lack ? `: ${lack.why}` : ''}`;
    return { percent, soakMs, requests, decides: !lack, needsMs: lack?.needsMs ?? soakMs, reason };
  });
}

/** The classic rule skips intervals with few requests, however long a stage soaks. */
function skipped(policy: Policy, perMs: number): { why: string; needsMs?: number } | undefined {
  if (policy.kind !== 'classic') return undefined;
  const wanted = policy.errors['min-requests'];
  const served = perMs * duration.parse(policy.interval);
  if (served >= wanted) return undefined;
  return {
    why: `${served.toFixed(1)} in ${policy.interval}, and intervals with fewer than ${wanted} are skipped`,
  };
}

function tooShort(
  policy: SequentialPolicy,
  block: number,
  errorShare: number,
  perMs: number,
  soakMs: number,
): { why: string; needsMs: number } | undefined {
  const fault = Math.max(policy.detect.errors / 100, 2 * errorShare);
  const byRequests = Math.max(EVENTS / fault, policy['min-requests']) / perMs;
  const byBlocks = BLOCKS * block * duration.parse(policy.interval);
  const longest = Math.max(byRequests, byBlocks);
  if (longest <= soakMs) return undefined;
  const needsMs = Math.ceil(longest / 60_000) * 60_000;
  const why =
    byRequests >= byBlocks
      ? `${Math.ceil(byRequests * perMs)} are needed to tell errors of ${100 * fault} % from chance`
      : `${BLOCKS} blocks of ${block} x ${policy.interval} are needed`;
  return { why: `${why}, that is ${duration.format(needsMs)}`, needsMs };
}
