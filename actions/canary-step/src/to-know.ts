import { doubtOf, leaseExpired, openRollout, type RolloutState, type Step } from '@sluice/rollout';

/** What a person should know of a tick beside its decision. `now` is ms epoch; `before` is the state that it found. */
export function toKnow(before: RolloutState, { decision, state }: Step, now: number): string[] {
  const after = openRollout(state);
  const doubt = after && decision === 'hold' ? doubtOf(after) : undefined;
  return [...(leaseExpired(before, now) ? [late(before)] : []), ...(doubt === undefined ? [] : [doubt])];
}

const late = ({ lease }: RolloutState): string =>
  `no tick of run ${lease?.owner} came in time: its lease ended at ${new Date(lease?.expires ?? 0).toISOString()}. Is the schedule running? A rollback with when: lease-expired would have taken it back`;
