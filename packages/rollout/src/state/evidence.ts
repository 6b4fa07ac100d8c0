import * as z from 'zod/mini';
import { guardNames } from '../policy/guards.ts';

const natural = z.number().check(z.minimum(0));

export const totals = z.strictObject({
  requests: natural,
  errors: natural,
  latency: z.nullable(z.strictObject({ bounds: z.array(z.number()), cumulative: z.array(natural) })),
});

const classic = z.strictObject({
  kind: z.literal('classic'),
  failing: natural,
  slow: natural,
  baseline: totals,
});

const arm = z.strictObject({ requests: natural, events: natural });
const block = z.strictObject({ live: arm, candidate: arm });
const bets = z.strictObject({
  horizon: natural,
  blocks: natural,
  atFirst: natural,
  wealth: z.array(natural),
});
const speed = z.strictObject({ count: natural, seconds: natural });
const guard = z.strictObject({
  alpha: natural,
  threshold: z.nullable(z.number()),
  past: z.nullable(
    z.strictObject({
      blocks: z.strictObject({ shares: z.array(natural), counts: z.array(natural) }),
      share: natural,
    }),
  ),
  block: natural,
  filled: natural,
  open: block,
  recent: z.array(block),
  live: arm,
  swap: bets,
  rank: bets,
  beside: bets,
  limit: bets,
  proof: z.array(z.number()),
  power: z.strictObject({ mean: z.array(z.number()), variance: z.array(natural), enough: z.boolean() }),
  outburst: z.nullable(
    z.strictObject({
      before: z.nullable(z.strictObject({ swap: bets, limit: bets })),
      blocks: natural,
      requests: natural,
      events: natural,
      over: natural,
    }),
  ),
  settled: natural,
});

const sequential = z.strictObject({
  kind: z.literal('sequential'),
  history: natural,
  guards: z.partialRecord(z.enum(guardNames), guard),
  blind: z.optional(z.array(z.enum(guardNames))),
  seen: z.strictObject({ latency: totals, ttft: totals, tpot: totals }),
  newest: z.array(block),
  bursts: z.nullable(
    z.strictObject({
      early: z.array(arm),
      usual: natural,
      lengths: z.array(natural),
      run: natural,
      quiet: natural,
    }),
  ),
  users: z.nullable(z.strictObject({ requests: z.array(natural), errors: z.array(natural) })),
  further: z.strictObject({
    tokens: z.nullable(
      z.strictObject({
        alpha: natural,
        block: natural,
        filled: natural,
        open: z.strictObject({ live: speed, candidate: speed }),
        loaded: speed,
        last: z.nullable(z.strictObject({ live: natural, candidate: natural })),
        slower: bets,
      }),
    ),
    scores: z.record(
      z.string(),
      z.strictObject({
        alpha: natural,
        waiting: z.strictObject({ live: z.array(z.number()), candidate: z.array(z.number()) }),
        sums: z.strictObject({ live: natural, candidate: natural }),
        worse: bets,
      }),
    ),
    gauges: z.strictObject({ memory: natural, utilisation: natural }),
  }),
  notes: z.array(z.string()),
});

/** What each judge keeps between ticks. */
export const evidence = z.discriminatedUnion('kind', [classic, sequential]);
