import { duration } from '@sluice/contract';
import { completed, leaseExpired, parsePlan, type RolloutState, soaked, statusWord } from '@sluice/rollout';
import { columns } from '../help/layout.ts';

/** A target's rollout as one plain object: what `--json` prints. Times are ISO 8601, shares percent. */
export interface Status {
  readonly target: string;
  readonly where: string;
  /** `none`, `starting`, `stage 2`, `paused`, `watched`, `complete`, `rolled-back`. */
  readonly status: string;
  readonly live: { readonly slot: string; readonly version: string; readonly runId: string };
  readonly rollout: {
    readonly version: string;
    readonly runId: string;
    readonly stage: number;
    readonly stages: number;
    readonly plan: string;
    readonly weight: number;
    readonly since: string;
    readonly soaked: string;
    readonly soak: string;
    readonly exposedRequests: number;
    readonly policy: string;
    readonly guards: readonly string[];
    readonly paused: string | null;
    readonly closed: string | null;
  } | null;
  /** The share of slot canary that the router itself says; a sentence where it says none; null: not asked. */
  readonly router: number | string | null;
  readonly nextCheck: string | null;
  /** True where ticks stopped coming although a rollout is under way. */
  readonly overdue: boolean;
  readonly known: boolean;
}

export interface Seen {
  readonly where: string;
  readonly known: boolean;
  readonly share: number | string | undefined;
  /** ms epoch. */
  readonly now: number;
}

const at = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const short = (value: number) => Number(value.toFixed(2)) + 0;
const span = (ms: number) => duration.format(Math.round(ms / 1000) * 1000);

/** Reads a state for people and programs. */
export function statusOf(state: RolloutState, { where, known, share, now }: Seen): Status {
  const { rollout } = state;
  const last = completed(state);
  const plan = rollout ? parsePlan(rollout.plan) : [];
  const stage = rollout ? plan[rollout.stage] : undefined;
  const goesOn = rollout !== null && rollout.closed === null && rollout.paused === null;
  return {
    target: state.target,
    where,
    known,
    status: statusWord(state),
    live: { slot: state.live, version: last?.version ?? 'none', runId: last?.runId ?? 'none' },
    rollout: rollout && {
      version: rollout.version,
      runId: rollout.runId,
      stage: rollout.stage + 1,
      stages: plan.length,
      plan: rollout.plan,
      weight: rollout.weight,
      since: at(rollout.stages.at(-1)?.start ?? rollout.begunAt),
      soaked: span(soaked(rollout)),
      soak: stage ? span(stage.soakMs) : 'none',
      exposedRequests: rollout.exposed,
      policy: `${rollout.policy.kind} ${rollout.policyDigest}`,
      guards: rollout.readings.map(
        ({ guard, value, threshold, text }) =>
          `${guard}: ${short(value)}, acts at ${short(threshold)} (${text})`,
      ),
      paused: rollout.paused && `${rollout.paused.reason} (${rollout.paused.by}, ${at(rollout.paused.at)})`,
      closed: rollout.closed && `${rollout.closed.reason} (${at(rollout.closed.at)})`,
    },
    router: share ?? null,
    nextCheck: goesOn ? at(rollout.seenAt + duration.parse(rollout.policy.interval)) : null,
    overdue: leaseExpired(state, now),
  };
}

/** One line of a list. */
export const line = ({ target, status, rollout, live }: Status): string =>
  `${target}  ${status}  ${rollout ? `${rollout.version} at ${rollout.weight} %` : `live: ${live.version}`}`;

/** The whole status, name and value. */
export function asText(found: Status): string {
  const { rollout, live, router } = found;
  const rows: [string, string][] = [
    ['target', found.target],
    ['status', found.known ? found.status : 'none: nothing was ever rolled out to this target'],
    [
      'live',
      `slot ${live.slot}, ${live.version === 'none' ? 'version unknown' : `${live.version} (run ${live.runId})`}`,
    ],
  ];
  if (rollout) {
    rows.push(
      ['candidate', `${rollout.version} (run ${rollout.runId})`],
      ['stage', `${rollout.stage} of ${rollout.stages} in ${rollout.plan}`],
      ['since', `${rollout.since}, soaked ${rollout.soaked} of ${rollout.soak}`],
      ['share', `${rollout.weight} % of the users`],
      ['requests', `${rollout.exposedRequests} served by the candidate`],
      ['policy', rollout.policy],
      ...rollout.guards.map((text): [string, string] => ['guard', text]),
    );
    if (rollout.paused) rows.push(['paused', rollout.paused]);
    if (rollout.closed) rows.push(['closed', rollout.closed]);
  }
  if (router !== null)
    rows.push([
      'router',
      typeof router === 'number' ? `slot canary gets ${router} %` : `says no share: ${router}`,
    ]);
  rows.push(['next check', found.nextCheck ?? 'none']);
  if (found.overdue) rows.push(['overdue', 'no tick came in time: is the schedule of canary-step running?']);
  rows.push(['state', found.where]);
  return `${columns(rows, 200).join('\n')}\n`;
}
