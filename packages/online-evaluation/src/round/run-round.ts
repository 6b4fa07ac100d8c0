import { SystemError } from '@sluice/contract';
import { type SlotOf, scanRequests } from '@sluice/telemetry';
import type { Answer, Slot } from '../answer.ts';
import type { OnlineEvaluation } from '../document.ts';
import { Draw } from '../sample/draw.ts';
import type { Period } from '../sample/period.ts';
import { type ReplayOptions, replay } from '../sample/replay.ts';
import type { Score, Scorer } from '../scorers/scorer.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

export interface RoundOptions {
  readonly document: OnlineEvaluation;
  readonly period: Period;
  /** Path of the structured request log. */
  readonly log: string;
  readonly slotOf: SlotOf;
  /** The same seed and log give the same sample. */
  readonly seed: string;
  readonly scorers: readonly Scorer[];
  /** Servers of both versions, where the document asks for a replay. */
  readonly servers?: Pick<ReplayOptions, 'endpoints' | 'apiKey'> | undefined;
  /** Of the replay's requests, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** An answer with what it scored. */
export interface Item {
  readonly answer: Answer;
  /** By scorer. */
  readonly scores: Readonly<Record<string, Score>>;
}

/** One period, sampled and scored. */
export interface Round {
  readonly period: Period;
  /** Answered requests of the period that the log holds. */
  readonly seen: Readonly<Record<Slot, number>>;
  readonly sampled: Readonly<Record<Slot, number>>;
  readonly replayed: boolean;
  /** By scorer; one that scored too little is absent. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly notes: readonly string[];
  readonly items: readonly Item[];
}

/**
 * Draws a sample of a period and has it scored. A period with too few answers of a version has no outcomes.
 * @throws UserError, SystemError, ProgramError where the log cannot be read or a scorer fails: then there is no round at all
 */
export async function runRound(options: RoundOptions): Promise<Round> {
  const { document, period, signal } = options;
  // prompts of both versions' users are asked anew: together as many as the sample is to have pairs
  const size = document.replay === false ? document.sample : Math.ceil(document.sample / 2);
  const draw = new Draw({ seed: `${options.seed}\0${period.to}`, slotOf: options.slotOf, size });
  const { notes } = await scanRequests(
    options.log,
    { from: new Date(period.from), to: new Date(period.to) },
    (request) => draw.take(request),
    signal,
  );
  const drawn = draw.answers();
  const { answers, lost } = await asked(drawn, options);
  const sampled = countBySlot(answers);
  const base = { period, seen: draw.seen, sampled, replayed: document.replay !== false };
  const few = Math.min(sampled.stable, sampled.canary) < document['min-sample'];
  const said = [...notes, ...(lost > 0 ? [`${lost} prompts were not answered by both versions`] : [])];
  if (few) {
    const why = `only ${sampled.stable} and ${sampled.canary} answers of the slots stable and canary, of ${document['min-sample']} that are needed: not scored`;
    return { ...base, outcomes: {}, notes: [...said, why], items: [] };
  }
  const outcomes: Record<string, Outcome> = {};
  const scores: Record<string, readonly Score[]> = {};
  for (const scorer of options.scorers) {
    const given = await scorer.score(answers, signal);
    const outcome = outcomeOf(answers, given, base.replayed);
    checkMissing(scorer, outcome, document['max-missing']);
    scores[scorer.name] = given;
    if (Math.min(outcome.stable.scores.length, outcome.canary.scores.length) > 0)
      outcomes[scorer.name] = outcome;
    else said.push(`'${scorer.name}' scored no answers of both versions`);
  }
  const items = answers.map((answer, i) => ({
    answer,
    scores: Object.fromEntries(Object.entries(scores).map(([name, list]) => [name, list[i] ?? null])),
  }));
  return { ...base, outcomes, notes: said, items };
}

async function asked(
  drawn: readonly Answer[],
  { document, servers, timeoutMs, signal }: RoundOptions,
): Promise<{ readonly answers: readonly Answer[]; readonly lost: number }> {
  if (document.replay === false) return { answers: drawn, lost: 0 };
  if (!servers)
    throw new SystemError(
      'The prompts cannot be asked anew, because the address of a server is not known: give the addresses of both (inputs stable and canary).',
    );
  const { 'max-tokens': maxTokens, concurrency } = document.replay;
  const replayed = await replay(drawn, { ...servers, maxTokens, concurrency, timeoutMs, signal });
  const all = replayed.answers.length / 2 + replayed.lost;
  if (replayed.lost * 100 > document['max-missing'] * all)
    throw new SystemError(
      `${replayed.lost} of ${all} prompts were not answered by both versions when they were asked anew, more than the ${document['max-missing']} % of max-missing.`,
    );
  return replayed;
}

function checkMissing(scorer: Scorer, { stable, canary }: Outcome, most: number): void {
  if (scorer.selective) return;
  const missing = stable.missing + canary.missing;
  const all = missing + stable.scores.length + canary.scores.length;
  if (missing * 100 <= most * all) return;
  throw new SystemError(
    `The scorer '${scorer.name}' left ${missing} of ${all} answers without a score, more than the ${most} % of max-missing.`,
  );
}

function countBySlot(answers: readonly Answer[]): Record<Slot, number> {
  const stable = answers.filter(({ slot }) => slot === 'stable').length;
  return { stable, canary: answers.length - stable };
}
