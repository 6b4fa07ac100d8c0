import type { Alarm, GuardReading } from '../judge/judge.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { SequentialPolicy } from '../policy/policy.ts';
import { scoreName } from './events.ts';
import { type GaugeEvidence, NO_GAUGES, rowsNeeded, takeGauges } from './gauges.ts';
import { beginScores, type ScoreEvidence, scoresLog, takeScores } from './scores.ts';
import { beginTokens, type TokenEvidence, takeTokens, tokensLog } from './token-rate.ts';

/** What is watched beside shares of requests. */
export interface FurtherEvidence {
  readonly tokens: TokenEvidence | null;
  readonly scores: Readonly<Record<string, ScoreEvidence>>;
  readonly gauges: GaugeEvidence;
}

export function beginFurther(
  policy: SequentialPolicy,
  alphas: ReadonlyMap<string, number>,
  { block, horizon }: { block: number; horizon: number },
  history: readonly RoleMinute[],
): FurtherEvidence {
  const tokens = alphas.get('token-rate');
  const metrics = Object.keys(policy.scores ?? {});
  return {
    tokens: tokens === undefined ? null : beginTokens(tokens, block, horizon, history),
    scores: Object.fromEntries(metrics.map((m) => [m, beginScores(alphas.get(scoreName(m)) as number)])),
    gauges: NO_GAUGES,
  };
}

/** One more interval, and the first guard that it trips. */
export function takeFurther(
  before: FurtherEvidence,
  minute: RoleMinute,
  policy: SequentialPolicy,
): { further: FurtherEvidence; alarm: Alarm | null } {
  const { 'token-rate': rate, scores: margins = {} } = policy;
  if (!rate && !policy.scores && !policy['gpu-memory'] && !policy['gpu-utilisation'])
    return { further: before, alarm: null };
  const tokens = before.tokens && rate ? takeTokens(before.tokens, minute, rate.times) : before.tokens;
  const scores = Object.fromEntries(
    Object.entries(before.scores).map(([m, s]) => [m, takeScores(s, minute, m, margins[m] ?? 0)]),
  );
  const { gauges, alarm } = takeGauges(before.gauges, minute, policy);
  const further = { tokens, scores, gauges };
  return { further, alarm: alarm ?? tooSlow(tokens) ?? tooBad(scores) };
}

const reached = (log: number, alpha: number) => log >= Math.log(1 / alpha);

function tooSlow(tokens: TokenEvidence | null): Alarm | null {
  if (!tokens?.last || !reached(tokensLog(tokens), tokens.alpha)) return null;
  const { candidate, live } = tokens.last;
  return {
    guard: 'token-rate',
    reason: `${candidate.toFixed(1)} output tokens a second in the newest block, the live version ${live.toFixed(1)}`,
  };
}

function tooBad(scores: FurtherEvidence['scores']): Alarm | null {
  for (const [metric, evidence] of Object.entries(scores)) {
    if (!reached(scoresLog(evidence), evidence.alpha)) continue;
    const { sums, worse } = evidence;
    const mean = (sum: number) => (sum / worse.blocks).toFixed(3);
    return {
      guard: scoreName(metric),
      reason: `mean ${mean(sums.candidate)} over ${worse.blocks} answers, the live version ${mean(sums.live)}`,
    };
  }
  return null;
}

export function furtherReadings(
  { tokens, scores, gauges }: FurtherEvidence,
  policy: SequentialPolicy,
): GuardReading[] {
  const ofEvidence = (guard: string, log: number, alpha: number): GuardReading => ({
    guard,
    value: log,
    threshold: Math.log(1 / alpha),
    text: 'ln of the evidence',
  });
  return [
    ...(tokens ? [ofEvidence('token-rate', tokensLog(tokens), tokens.alpha)] : []),
    ...Object.entries(scores).map(([m, s]) => ofEvidence(scoreName(m), scoresLog(s), s.alpha)),
    ...(['memory', 'utilisation'] as const).flatMap((name): GuardReading[] => {
      const rule = policy[`gpu-${name}`];
      if (!rule) return [];
      const threshold = rowsNeeded(rule.for, policy.interval);
      return [
        {
          guard: `gpu-${name}`,
          value: gauges[name],
          threshold,
          text: `intervals in a row over ${rule.above} %`,
        },
      ];
    }),
  ];
}
