import { createHash } from 'node:crypto';
import { nearest, quote, readDocument, UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { canonical } from './canonical.ts';
import { between, common, count, durationText, share, wholeFrom, word } from './fields.ts';
import { guardFields } from './guards.ts';

/** The documents' own rule: a guard trips when it was broken in every counted interval for `for`. */
const classic = z.strictObject({
  kind: z.literal('classic'),
  ...common,
  errors: z.prefault(
    z.strictObject({
      /** Percent of the candidate's requests. */
      above: z._default(share, 1),
      for: z._default(durationText, '5m'),
      /** Intervals with fewer requests of the candidate are skipped. */
      'min-requests': z._default(count, 20),
    }),
    {},
  ),
  latency: z.prefault(
    z.strictObject({
      /** P99 of the candidate over this many times the P99 of the baseline. */
      times: z._default(between(1.01, 100), 2),
      for: z._default(durationText, '5m'),
      'min-requests': z._default(count, 100),
    }),
    {},
  ),
});

const sequential = z.strictObject({
  kind: z.literal('sequential'),
  ...common,
  /** Chance that a candidate no worse than the live version is rolled back, over the whole plan and all guards. */
  alpha: z._default(between(0.0001, 0.2), 0.01),
  /** `independent`: requests fail independently of each other; sharper, and wrong where errors come in bursts. */
  assume: z._default(word(['bursts', 'independent']), 'bursts'),
  /** Where less than a day of history tells how long errors of one version alone last: nothing is concluded from such until then. */
  'longest-burst': z._default(durationText, '20m'),
  advance: z._default(word(['powered', 'proven']), 'powered'),
  detect: z.prefault(
    z.strictObject({
      /** Percent of errors that must have been found before the last stage. */
      errors: z._default(share, 3),
      /** P99 times that must have been found before the last stage. */
      'latency-times': z._default(between(1.01, 100), 2),
    }),
    {},
  ),
  /** Percent of the traffic that stays on the old version through the last soak. */
  holdback: z._default(
    z.union([z.literal('auto'), between(0, 50)], { error: "must be 'auto' or a number from 0 to 50" }),
    'auto',
  ),
  'hard-guard': z.prefault(
    z.strictObject({ above: z._default(share, 50), 'min-requests': z._default(wholeFrom(20), 20) }),
    {},
  ),
  ...guardFields,
});

const schemas = { classic, sequential };

/** The policy document. */
export const policySchema = z.discriminatedUnion('kind', [classic, sequential]);

export type ClassicPolicy = z.output<typeof classic>;
export type SequentialPolicy = z.output<typeof sequential>;
/** A policy with every default filled in, as it is written into the state. */
export type Policy = ClassicPolicy | SequentialPolicy;
export type PolicyKind = Policy['kind'];

const isKind = (word: unknown): word is PolicyKind =>
  typeof word === 'string' && Object.hasOwn(schemas, word);

/** The ready-made policy of that name. */
export const readyMade = (kind: PolicyKind): Policy => schemas[kind].parse({ kind });

/**
 * Reads a policy: the name of a ready-made one, or YAML/JSON whose `kind` names the one it changes.
 * `source` is the file's name for errors. Throws a `UserError` with every problem at line and column.
 */
export function parsePolicy(text: string, source = 'policy'): Policy {
  const name = text.trim();
  if (isKind(name)) return readyMade(name);
  if (/^[\w-]*$/.test(name)) {
    const near = nearest(name, Object.keys(schemas));
    throw new UserError(
      `${source}: ${quote(name)} is not a policy${near ? `: did you mean '${near}'?` : ''} (allowed: ${Object.keys(schemas).join(', ')}, or a document with 'kind')`,
    );
  }
  const kinds = Object.keys(schemas) as [PolicyKind, ...PolicyKind[]];
  const { kind } = readDocument(text, source, z.looseObject({ kind: word(kinds) }));
  return readDocument<Policy>(text, source, schemas[kind]);
}

/** Checks a policy that was read back from a state. */
export function checkPolicy(value: unknown): Policy | undefined {
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (!isKind(kind)) return undefined;
  const result = schemas[kind].safeParse(value);
  return result.success ? result.data : undefined;
}

/** `sha256:<hex>` over the policy with its defaults, keys sorted. */
export function policyDigest(policy: Policy): string {
  return `sha256:${createHash('sha256').update(canonical(policy)).digest('hex')}`;
}
