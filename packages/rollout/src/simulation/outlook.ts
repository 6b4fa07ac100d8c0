import { duration } from '@sluice/contract';
import type { Evidence } from '../judge/of-policy.ts';
import type { Plan, Stage } from '../plan/plan.ts';
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
  /** The share that would do where no soak would; the given one elsewhere. */
  readonly needsPercent: number;
  readonly reason: string;
}

/** Requests in which the fault makes 7 errors: fewer say nothing against chance at the levels that a rollback asks for. */
const EVENTS = 7;
/** A block adds at most ln 2 to the evidence. */
const BLOCKS = 7;

/** Soaks beyond this are proposed in half hours. */
const LONG = 3 * 3_600_000;

/** A plan whose stages can decide, where one of the given ones cannot and some could. */
export function proposalFrom(stages: readonly StageOutlook[]): Plan | undefined {
  if (!stages.some((s) => s.needsMs > s.soakMs || s.needsPercent > s.percent)) return undefined;
  const plan: Stage[] = [];
  for (const { needsPercent: percent, needsMs: soakMs } of stages) {
    const last = plan.at(-1);
    // stages that would be as large as the next one are left out
    if (last && last.percent >= percent) plan.pop();
    plan.push({ percent: Math.max(percent, last && last.percent >= percent ? last.percent : 0), soakMs });
  }
  return plan;
}

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
        ? skipped(policy, perMs, percent)
        : tooShort(policy, evidence.guards.errors?.block ?? 1, errorShare, perMs, soakMs);
    const reason = `${requests} requests of the candidate${lack ? `: ${lack.why}` : ''}`;
    return {
      percent,
      soakMs,
      requests,
      decides: !lack,
      needsMs: lack?.needsMs ?? soakMs,
      needsPercent: lack?.needsPercent ?? percent,
      reason,
    };
  });
}

interface Lack {
  readonly why: string;
  readonly needsMs?: number;
  readonly needsPercent?: number;
}

/** The classic rule skips intervals with few requests, however long a stage soaks. */
function skipped(policy: Policy, perMs: number, percent: number): Lack | undefined {
  if (policy.kind !== 'classic') return undefined;
  const wanted = policy.errors['min-requests'];
  const served = perMs * duration.parse(policy.interval);
  if (served >= wanted) return undefined;
  const needsPercent = Math.ceil((percent * wanted) / served);
  return {
    why: `${served.toFixed(1)} in ${policy.interval}, and intervals with fewer than ${wanted} are skipped`,
    ...(needsPercent <= 100 ? { needsPercent } : {}),
  };
}

function tooShort(
  policy: SequentialPolicy,
  block: number,
  errorShare: number,
  perMs: number,
  soakMs: number,
): Lack | undefined {
  const fault = Math.max(policy.detect.errors / 100, 2 * errorShare);
  const byRequests = Math.max(EVENTS / fault, policy['min-requests']) / perMs;
  const byBlocks = BLOCKS * block * duration.parse(policy.interval);
  const longest = Math.max(byRequests, byBlocks);
  if (longest <= soakMs) return undefined;
  const grain = longest > LONG ? 30 * 60_000 : 60_000;
  const needsMs = Math.ceil(longest / grain) * grain;
  const why =
    byRequests >= byBlocks
      ? `${Math.ceil(byRequests * perMs)} are needed to tell errors of ${100 * fault} % from chance`
      : `${BLOCKS} blocks of ${block} x ${policy.interval} are needed`;
  return { why: `${why}, that is ${duration.format(needsMs)}`, needsMs };
}
