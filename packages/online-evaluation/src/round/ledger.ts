import { createHash } from 'node:crypto';
import { UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { type OnlineEvaluation, onlineEvaluationSchema } from '../document.ts';
import type { Round } from './run-round.ts';

const count = z.int().check(z.gte(0));
const counts = z.strictObject({ stable: count, canary: count });
const scored = z.strictObject({ scores: z.array(z.number().check(z.gte(0), z.lte(1))), missing: count });

const round = z.strictObject({
  period: z.strictObject({ from: z.number(), to: z.number() }),
  /** The interval of the metric source whose figures carry these scores to the judge, ms epoch; each is judged once. */
  interval: z.number(),
  seen: counts,
  sampled: counts,
  replayed: z.boolean(),
  outcomes: z.record(
    z.string(),
    z.strictObject({
      stable: scored,
      canary: scored,
      paired: z.optional(
        z.strictObject({
          pairs: count,
          higher: count,
          lower: count,
          difference: z.number(),
          error: z.optional(z.number()),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
});

const ledger = z.strictObject({
  schema: z.literal(1),
  document: onlineEvaluationSchema,
  rounds: z.array(round),
});

/** A round as it is remembered. */
export type LedgerRound = z.output<typeof round>;

/** What an online evaluation is and what it found, oldest round first. Plain JSON. */
export type Ledger = z.output<typeof ledger>;

export const newLedger = (document: OnlineEvaluation): Ledger => ({ schema: 1, document, rounds: [] });

/** @throws UserError where it is none, or of a newer Sluice */
export function readLedger(value: unknown, where: string): Ledger {
  const result = ledger.safeParse(value);
  if (result.success) return result.data as Ledger;
  const issue = result.error.issues[0];
  throw new UserError(
    `${where} holds no rounds of an online evaluation (${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}). Was it written by a newer version?`,
  );
}

/** The ledger with one round more, whose scores reach the judge with the interval that begins at `interval`. */
export function withRound(before: Ledger, { items: _, ...found }: Round, interval: number): Ledger {
  const added = { ...found, notes: [...found.notes], interval } as LedgerRound;
  return { ...before, rounds: [...before.rounds, added].sort((a, b) => a.period.to - b.period.to) };
}

/** `sha256:<hex>` over the document with its defaults, keys sorted. */
export function documentDigest(document: OnlineEvaluation): string {
  return `sha256:${createHash('sha256').update(sorted(document)).digest('hex')}`;
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${sorted(v)}`).join(',')}}`;
}
