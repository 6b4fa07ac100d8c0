import { duration, messageOf, UserError } from '@sluice/contract';
import {
  documentDigest,
  duePeriods,
  type Ledger,
  meanOf,
  openScorers,
  type Period,
  type Round,
  runRound,
  type Scored,
  scoresAt,
  withRound,
} from '@sluice/online-evaluation';
import type { Minute, Observations, Rollout } from '@sluice/rollout';
import { addressOf, apiKeyOf } from '@sluice/steering';
import { newestRequest } from '@sluice/telemetry';
import { sourceParts } from '../metrics.ts';
import type { Scene } from '../scene.ts';
import { keepItems } from './keep-items.ts';
import { type LedgerPlace, ledgerPlace } from './ledger-place.ts';
import { requestLog } from './request-log.ts';
import { trackRound } from './trend.ts';

/** Rounds that one tick may score: after a long silence the next ones do the rest. */
const ROUNDS = 3;
/** How long after its end lines of a period may still be written, milliseconds. */
const SETTLE = 2000;

/** Observations with the scores that their intervals carry. */
export interface Evaluated {
  readonly observations: Observations;
  readonly notes: readonly string[];
}

/**
 * Scores the periods that are over, remembers them, and gives the judge their scores with one interval that it judges now; the scores
 * of a period reach it at most once. Where a scorer fails, or nothing of this stage was scored yet, the rollout does not advance.
 */
export async function evaluateOnline(scene: Scene, rollout: Rollout, seen: Observations): Promise<Evaluated> {
  const { online } = sourceParts(rollout.metricSource);
  if (online === undefined || rollout.stages.length === 0) return { observations: seen, notes: [] };
  const held = await kept(scene, rollout.runId, online);
  if ('lost' in held) return { observations: holding(seen, held.lost), notes: [held.lost] };
  const { place } = held;
  // at 100 % there are no two versions left to compare
  const scored: ScoredNow =
    scene.inputs['dry-run'] || rollout.weight >= 100
      ? { ledger: held.ledger, notes: [] }
      : await scoreDue(scene, rollout, place, seen);
  const minutes = seen.minutes.map((minute) => carrying(minute, scored.ledger));
  const problem = scored.problem ?? notYet(rollout, scored.ledger);
  const observations = { ...seen, minutes };
  return { observations: problem ? holding(observations, problem) : observations, notes: scored.notes };
}

/** What is remembered of a rollout. Where that cannot be read the other guards judge on: a bad version must not stay because of it. */
async function kept(
  scene: Scene,
  runId: string,
  online: string,
): Promise<{ readonly place: LedgerPlace; readonly ledger: Ledger } | { readonly lost: string }> {
  try {
    const place = ledgerPlace(scene, runId);
    const held = await place.read();
    if (held && documentDigest(held.ledger.document) === online) return { place, ledger: held.ledger };
    return {
      lost: `the document of the online evaluation (${online.slice(0, 19)}…) is not in ${place.where}: give this job the store that the rollout was begun with`,
    };
  } catch (error) {
    scene.host.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return { lost: `online evaluation: ${messageOf(error)}` };
  }
}

interface ScoredNow {
  readonly ledger: Ledger;
  readonly notes: readonly string[];
  readonly problem?: string | undefined;
}

async function scoreDue(
  scene: Scene,
  rollout: Rollout,
  place: LedgerPlace,
  seen: Observations,
): Promise<ScoredNow> {
  const notes: string[] = [];
  // scores wait for an interval that is there to carry them
  const interval = Math.max(...seen.minutes.map(({ start }) => start));
  for (let rounds = 0; ; rounds++) {
    const held = await place.read();
    const ledger = held?.ledger as Ledger;
    try {
      const [period] = await due(scene, rollout, ledger, seen);
      if (!period || rounds === ROUNDS || !Number.isFinite(interval)) return { ledger, notes };
      const round = await score(scene, rollout, ledger, period);
      notes.push(...round.notes.map((note) => `online evaluation: ${note}`));
      if (!(await place.write(withRound(ledger, round, interval), held?.seen))) continue;
      scene.host.log.info(
        `scored the answers until ${new Date(period.to).toISOString()}: ${told(round, rollout)}`,
      );
      await keepItems(scene, rollout, ledger.document, round);
      await trackRound(scene, rollout, round);
    } catch (error) {
      scene.host.signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      const problem = `online evaluation: ${messageOf(error)}`;
      return { ledger, notes: [...notes, problem], problem };
    }
  }
}

async function due(
  { host }: Scene,
  rollout: Rollout,
  { document, rounds }: Ledger,
  seen: Observations,
): Promise<Period[]> {
  const newest = await newestRequest(
    requestLog(document, rollout.metricSource, host.workspace).path,
    host.signal,
  );
  const every = duration.parse(document.every);
  if (
    seen.clock !== null &&
    seen.clock - (newest?.getTime() ?? 0) > every + duration.parse(rollout.policy['stale-after'])
  )
    throw new UserError(
      `the request log has nothing newer than ${newest?.toISOString() ?? 'its beginning'}, while the metrics go on.`,
    );
  const begun = (rollout.stages[0] as { readonly start: number }).start;
  return duePeriods(
    begun,
    newest?.getTime() ?? 0,
    seen.clock ?? host.now().getTime(),
    every,
    rounds.map(({ period }) => period),
    Math.min(SETTLE, every / 10),
  );
}

async function score(
  { inputs, host, router }: Scene,
  rollout: Rollout,
  { document }: Ledger,
  period: Period,
): Promise<Round> {
  const { signal, workspace } = host;
  const [stable, canary] = [
    await addressOf(router, 'stable', inputs.stable, signal),
    await addressOf(router, 'canary', inputs.canary, signal),
  ];
  const log = requestLog(document, rollout.metricSource, workspace, {
    [rollout.candidate]: rollout.version,
  });
  return await runRound({
    document,
    period,
    log: log.path,
    slotOf: log.slotOf,
    seed: rollout.runId,
    scorers: await openScorers(document, host),
    servers: stable && canary ? { endpoints: { stable, canary }, apiKey: apiKeyOf(inputs, host) } : undefined,
    timeoutMs: document.replay ? duration.parse(document.replay.timeout) : 0,
    signal,
  });
}

function carrying(minute: Minute, { rounds }: Ledger): Minute {
  const scores = scoresAt(rounds, minute.start);
  if (!scores) return minute;
  return {
    ...minute,
    stable: { ...minute.stable, scores: scores.stable },
    canary: { ...minute.canary, scores: scores.canary },
  };
}

/** Before the next stage something of this one must have been scored. */
function notYet(rollout: Rollout, { rounds, document }: Ledger): string | undefined {
  const stage = rollout.stages.at(-1);
  if (rollout.phase !== 'running' || rollout.weight >= 100 || !stage) return undefined;
  const some = rounds.some(
    ({ period, outcomes }) => period.to > stage.start && Object.keys(outcomes).length > 0,
  );
  return some ? undefined : `no answers of this stage were scored yet (every ${document.every})`;
}

function holding(observations: Observations, problem: string): Observations {
  return observations.mismatch === undefined ? { ...observations, mismatch: problem } : observations;
}

function told({ outcomes }: Round, { candidate }: Rollout): string {
  const parts = Object.entries(outcomes).map(([name, outcome]) => {
    const mean = (scored: Scored) => `${meanOf(scored)?.toFixed(3)} of ${scored.scores.length}`;
    const live = candidate === 'canary' ? outcome.stable : outcome.canary;
    return `${name} ${mean(outcome[candidate])}, live ${mean(live)}`;
  });
  return parts.join('; ') || 'too few of both versions';
}
