import { messageOf, UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { parsePlan } from '../plan/plan.ts';
import { canonical } from '../policy/canonical.ts';
import { checkPolicy, type Policy, policyDigest } from '../policy/policy.ts';
import { evidence, totals } from './evidence.ts';
import { instanceCodec } from './instance.ts';
import { type RolloutState, SCHEMA } from './state.ts';

const time = z.number();
const text = z.string().check(z.minLength(1));
const percent = z.number().check(z.minimum(0), z.maximum(100));
const slot = z.enum(['stable', 'canary']);
const natural = z.number().check(z.minimum(0));
const orNull = z.nullable;

const rollout = z.strictObject({
  runId: text,
  record: text,
  identity: z.union([z.strictObject({ model: text }), z.strictObject({ base: text, adapter: text })]),
  image: text,
  version: text,
  plan: text,
  policy: z.custom<Policy>((value) => checkPolicy(value) !== undefined, 'is not a policy'),
  policyDigest: text,
  metricSource: z.string(),
  segments: z.optional(z.record(z.string(), z.array(z.string()))),
  candidate: slot,
  phase: z.enum(['starting', 'running', 'watched', 'complete', 'rolled-back']),
  stage: z.int().check(z.minimum(-1)),
  paused: orNull(
    z.strictObject({ by: z.enum(['person', 'weight-changed', 'max-hold']), reason: z.string(), at: time }),
  ),
  weight: percent,
  pending: orNull(z.strictObject({ from: orNull(percent) })),
  routerIdentity: z.string(),
  begunAt: time,
  heldSince: time,
  stages: z.array(z.strictObject({ start: time, lost: natural, requests: natural })),
  approvals: z.array(z.strictObject({ stage: z.int(), by: z.string(), at: time })),
  through: orNull(time),
  seenAt: time,
  evidence: evidence,
  readings: z.array(
    z.strictObject({ guard: text, value: z.number(), threshold: z.number(), text: z.string() }),
  ),
  trail: z.optional(
    z.array(z.strictObject({ at: time, weight: percent, guards: z.record(z.string(), z.number()) })),
  ),
  comparison: z.optional(
    z.strictObject({
      n: natural,
      sum: z.number(),
      squares: natural,
      stakes: natural,
      weighted: z.number(),
      variation: natural,
      live: z.strictObject({ total: z.number(), over: natural }),
      candidate: z.strictObject({ total: z.number(), over: natural }),
    }),
  ),
  totals: z.strictObject({ live: totals, candidate: totals }),
  quiet: natural,
  alone: z.optional(natural),
  exposed: natural,
  promotedAt: orNull(time),
  closed: orNull(z.strictObject({ at: time, reason: z.string() })),
});

const state = z.strictObject({
  schema: z.literal(SCHEMA),
  target: text,
  live: slot,
  history: z.array(
    z.strictObject({
      runId: text,
      version: text,
      image: text,
      record: text,
      metrics: z.record(z.string(), z.number()),
      completedAt: time,
      revertedAt: z.optional(time),
    }),
  ),
  rollout: orNull(rollout),
  lease: orNull(z.strictObject({ owner: text, expires: time })),
  instances: z.optional(
    z.strictObject({ stable: z.optional(instanceCodec), canary: z.optional(instanceCodec) }),
  ),
});

/** JSON with sorted keys, so that equal states are equal bytes. */
export function encodeState(value: RolloutState): string {
  return `${canonical(value)}\n`;
}

/** Reads a state back. Throws a `UserError` for anything that {@link encodeState} did not write whole. */
export function decodeState(json: string, source = 'rollout state'): RolloutState {
  const broken = (why: string) =>
    new UserError(
      `${source}: ${why}. Nothing was moved; restore the state from a copy, or move it away to begin anew with the traffic as it is`,
    );
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw broken(`is not whole JSON (${messageOf(error)}), perhaps cut off`);
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== SCHEMA) {
    const given = typeof schema === 'string' ? `is of schema '${schema}'` : 'is not a rollout state';
    throw broken(`${given}, expected '${SCHEMA}'`);
  }
  const result = state.safeParse(value);
  if (!result.success) throw broken(result.error.issues.map(told).join('; '));
  const decoded = result.data as unknown as RolloutState;
  const why = inconsistent(decoded);
  if (why) throw broken(why);
  return decoded;
}

const told = (issue: z.core.$ZodIssue) =>
  `'${issue.path.join('.')}' ${issue.code === 'unrecognized_keys' ? `holds the unknown key ${issue.keys}` : issue.message}`;

/** What fits together in every state that a step wrote. */
function inconsistent({ rollout: r }: RolloutState): string | undefined {
  if (!r) return undefined;
  if (policyDigest(r.policy) !== r.policyDigest)
    return 'its policy does not have the digest written beside it';
  if (r.evidence.kind !== r.policy.kind) return 'its evidence is of another policy';
  let stages: number;
  try {
    stages = parsePlan(r.plan).length;
  } catch (error) {
    return messageOf(error);
  }
  if (r.stage >= stages || r.stages.length !== r.stage + 1) return 'its stage is not in its plan';
  if ((r.phase === 'complete' || r.phase === 'rolled-back') !== (r.closed !== null))
    return 'its phase and its closing contradict each other';
  return undefined;
}
