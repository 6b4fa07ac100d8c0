import { duration } from '@sluice/contract';
import type { Arm } from '@sluice/statistics';
import type { Alarm, GuardReading, Judge } from '../judge/judge.ts';
import { type RoleMinute, shareSlower } from '../observations/minute.ts';
import { type GuardName, guardNames } from '../policy/guards.ts';
import type { SequentialPolicy } from '../policy/policy.ts';
import { brokenAlone } from './alone.ts';
import { allowsFault, eventsOf, histogramOf, isSlowGuard, thresholdOf } from './events.ts';
import { beginEvidence, blocksInAnHour, ENOUGH_HISTORY_MS, type SequentialEvidence } from './evidence.ts';
import { furtherReadings, takeFurther } from './further.ts';
import { addBlock, proven, scores, splitAlpha, takeInterval, tripped, withBlock } from './guard.ts';
import type { GuardEvidence, GuardRule } from './guard-evidence.ts';
import { hardGuard } from './hard-guard.ts';
import { blockAsked, stepBursts } from './longer-bursts.ts';
import { POWER, powerNow } from './power.ts';
import { sameBets } from './same-bets.ts';
import { addSeen, seenBy } from './seen.ts';
import { rememberedCorrection, thinned } from './users.ts';

/**
 * The judge that may look at any time. Each guard is a share of requests, counted in blocks longer than the baseline's own bursts, and
 * tested three ways at once: against what runs beside it (swap-symmetric betting), as a rank among the baseline's own past blocks, and
 * against an absolute limit (suspended while the live version breaks it too). Rank and limit act only while an e-process of their own says
 * that the candidate is worse than what runs beside it, so that an incident of both cannot trip them. All are e-processes with a mixture over
 * start times: valid at every look, and quick also on faults that come late.
 */
export function sequentialJudge(
  policy: SequentialPolicy,
  soaks: readonly number[],
): Judge<SequentialEvidence> {
  const interval = duration.parse(policy.interval);
  const independent = policy.assume === 'independent';
  const correction = rememberedCorrection();
  const checkBets = sameBets(policy.assume);

  const ruleOf = (name: GuardName, evidence: SequentialEvidence): GuardRule => ({
    assume: policy.assume,
    limit: isSlowGuard(name) ? 1 : (policy[name]?.limit ?? 100) / 100,
    // a P99 over k times the baseline's: more than 1 % slower than that
    atLeast: isSlowGuard(name) ? 0.01 : 0,
    detect: name === 'errors' ? policy.detect.errors / 100 : name === 'latency' ? slowFault(evidence) : null,
    hour: blocksInAnHour(interval, evidence.guards[name]?.block ?? 1),
    proven: policy.advance === 'proven',
    ranks: ranks(name, evidence),
    longest: longestBurst(name, evidence),
  });

  const ranks = (name: GuardName, { history, blind }: SequentialEvidence) =>
    !independent && history * interval >= ENOUGH_HISTORY_MS && !blind?.includes(name);

  /** In blocks; 0 where the blocks come from a history, or no bursts are expected. */
  const longestBurst = (name: GuardName, evidence: SequentialEvidence): number =>
    independent || ranks(name, evidence)
      ? 0
      : Math.ceil(duration.parse(policy['longest-burst']) / interval / (evidence.guards[name]?.block ?? 1));

  /** The share over the threshold if every answer took `latency-times` as long as the live version's. */
  const slowFault = ({ guards, seen }: SequentialEvidence): number | null => {
    const threshold = guards.latency?.threshold;
    const { latency, requests } = seen.latency;
    if (!threshold || !latency || allowsFault(policy)) return null;
    return shareSlower(threshold / policy.detect['latency-times'], latency, requests) ?? null;
  };

  const names = ({ guards }: SequentialEvidence) => guardNames.filter((n) => guards[n] !== undefined);

  const withThresholds = (evidence: SequentialEvidence): SequentialEvidence => {
    let { guards } = evidence;
    for (const name of names(evidence)) {
      const guard = guards[name] as GuardEvidence;
      const figures = seenBy(name, evidence.seen);
      if (!figures || guard.threshold !== null) continue;
      const threshold = thresholdOf(name, policy, figures);
      if (threshold !== null) guards = { ...guards, [name]: { ...guard, threshold } };
    }
    return { ...evidence, guards };
  };

  /** Blocks grow when the live version shows a burst that they cannot hold; the past in shorter blocks then says nothing any more. */
  const withLongerBlocks = (evidence: SequentialEvidence, minute: RoleMinute): SequentialEvidence => {
    const live = eventsOf('errors', minute.live, null);
    const candidate = eventsOf('errors', minute.candidate, null);
    if (!evidence.bursts || !live || !candidate) return evidence;
    const { watch: bursts, ended } = stepBursts(evidence.bursts, live, candidate);
    if (bursts === evidence.bursts) return evidence;
    // a single unusual interval may be chance
    const block = ended < 2 ? 1 : blockAsked(bursts);
    const errors = evidence.guards.errors;
    if (!errors || block <= errors.block) return { ...evidence, bursts };
    const note = `a burst of ${ended} intervals was seen: blocks of ${block} (errors) x ${policy.interval} from then on, without ranks`;
    const notes = [...evidence.notes.filter((n) => !n.startsWith('a burst of')), note];
    return { ...evidence, bursts, guards: { ...evidence.guards, errors: withBlock(errors, block) }, notes };
  };

  const take = (
    evidence: SequentialEvidence,
    asked: readonly GuardName[],
    minute: RoleMinute,
  ): SequentialEvidence['guards'] => {
    const guards: { [G in GuardName]?: GuardEvidence } = {};
    for (const name of asked) {
      const guard = evidence.guards[name] as GuardEvidence;
      const live = eventsOf(name, minute.live, guard.threshold);
      const candidate = eventsOf(name, minute.candidate, guard.threshold);
      const seen = live && candidate ? { live, candidate } : undefined;
      guards[name] = takeInterval(guard, seen, () => ruleOf(name, evidence));
    }
    return guards;
  };

  /** Of the guards whose block has just ended. */
  const alarmOf = (evidence: SequentialEvidence, asked: readonly GuardName[]): Alarm | null => {
    for (const name of asked) {
      const guard = evidence.guards[name] as GuardEvidence;
      const score = guard.filled === 0 ? tripped(guard, () => ruleOf(name, evidence)) : undefined;
      if (score) return { guard: name, reason: reasonFor(name, guard, score.test) };
    }
    return null;
  };

  return {
    begin: (history, expected) => beginEvidence(policy, soaks, history, expected),
    observe(before, minutes, users) {
      checkBets(before.guards);
      let evidence = before;
      let alarm: Alarm | null = null;
      const asked = names(before);
      const part = users && before.users ? correction(before.users, users) : 1;
      for (const seen of minutes) {
        const hard = hardGuard(policy, evidence.newest, seen);
        const minute = thinned(seen, part);
        const blocked = withLongerBlocks(evidence, minute);
        const { further, alarm: another } = takeFurther(blocked.further, seen, policy);
        evidence = { ...blocked, newest: hard.newest, guards: take(blocked, asked, minute), further };
        alarm ??= hard.alarm ?? alarmOf(evidence, asked) ?? another;
        const waiting = asked.some(
          (n) => histogramOf(n) && (evidence.guards[n] as GuardEvidence).threshold === null,
        );
        if (waiting) evidence = withThresholds({ ...evidence, seen: addSeen(evidence.seen, [minute]) });
      }
      return { evidence, alarm };
    },
    readings: (evidence) => [
      ...names(evidence).flatMap((n) =>
        readingsOf(n, evidence.guards[n] as GuardEvidence, ruleOf(n, evidence)),
      ),
      ...furtherReadings(evidence.further, policy),
    ],
    doubt(evidence, ms) {
      for (const name of names(evidence)) {
        const guard = evidence.guards[name] as GuardEvidence;
        const { limit, atLeast } = ruleOf(name, evidence);
        const broken = brokenAlone(guard, atLeast > 0 ? atLeast : limit, ms / interval);
        if (broken)
          return `${name}: ${slower(name, guard)}${counted(broken)} in the last hour of this stage, and nothing runs beside it that could tell its own fault from an incident of both: decide with command approve or abort`;
      }
      return undefined;
    },
    unproven(evidence) {
      if (policy.advance === 'proven') return notProven(evidence);
      for (const name of names(evidence)) {
        const guard = evidence.guards[name] as GuardEvidence;
        const rule = ruleOf(name, evidence);
        if (rule.detect === null) continue;
        const power = powerNow(guard.power, splitAlpha(guard, rule), independent);
        if (power < POWER && rule.detect < rule.atLeast)
          return `${faultOf(name)} cannot be found in buckets so wide, answers count as slow from ${guard.threshold} ms on: measure finer ones, or decide with command approve`;
        if (power < POWER)
          return `${faultOf(name)} would have been found by now with probability ${power.toFixed(2)}, ${POWER} is asked for: more requests are needed`;
      }
      return undefined;
    },
  };

  function notProven(evidence: SequentialEvidence): string | undefined {
    for (const name of names(evidence)) {
      const guard = evidence.guards[name] as GuardEvidence;
      const { limit } = ruleOf(name, evidence);
      const log = proven(guard);
      if (limit < 1 && log < Math.log(1 / guard.alpha))
        return `${name} under ${100 * limit} % is not proven: evidence ${log.toFixed(1)} of ${Math.log(1 / guard.alpha).toFixed(1)}`;
    }
    return undefined;
  }

  function faultOf(name: GuardName): string {
    return name === 'errors'
      ? `errors of ${policy.detect.errors} %`
      : `a P99 ${policy.detect['latency-times']} times as long`;
  }

  function reasonFor(name: GuardName, guard: GuardEvidence, test: string): string {
    const sum = guard.recent.reduce(addBlock);
    const how = {
      comparison: 'more than the live version beside it',
      rank: 'more than in the past of the live version',
      limit: `more than the limit`,
    }[test];
    return `${slower(name, guard)}${counted(sum.candidate)} in the last hour, live ${counted(sum.live)}; ${how}`;
  }
}

const slower = (name: GuardName, { threshold }: GuardEvidence) =>
  histogramOf(name) ? `slower than ${threshold} ms: ` : '';

const counted = ({ events, requests }: Arm) =>
  `${events} of ${requests}${requests > 0 ? ` (${((100 * events) / requests).toFixed(2)} %)` : ''}`;

function readingsOf(name: GuardName, guard: GuardEvidence, rule: GuardRule): GuardReading[] {
  return scores(guard, rule).map(({ test, log, needed }) => ({
    guard: name,
    value: log,
    threshold: needed,
    text: `ln of the evidence by ${test}`,
  }));
}
