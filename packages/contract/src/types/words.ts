import { nearest } from '../nearest.ts';
import { Invalid, type Type } from '../type.ts';

const WHY_EMPTY =
  'an empty value has lost its way: the step that makes it was skipped or failed, the host masked it as a secret, or a matrix job overwrote it; pass `none` where it is meant to be absent';

/** One of a fixed list of words. */
export function choice<const W extends string>(
  name: string,
  words: readonly W[],
  options: { wired?: boolean } = {},
): Type<W> {
  return {
    name,
    rule: words.map((w) => `'${w}'`).join(', '),
    parse: (t) => {
      if ((words as readonly string[]).includes(t)) return t as W;
      if (t === '' && options.wired) throw new Invalid('is empty', WHY_EMPTY);
      const near = nearest(t, words);
      throw new Invalid('is not one of the allowed words', near ? `did you mean '${near}'?` : undefined);
    },
    format: (v) => v,
    schema: { type: 'string', enum: words },
    typing: { type: 'enum', name, 'allowed-values': words },
    ...(options.wired ? { wired: true } : {}),
  };
}

export type Decision = 'approve' | 'reject' | 'undecided';
/** What a gate says. Anything else, also an empty text, is an error. */
export const decision: Type<Decision> = choice('Decision', ['approve', 'reject', 'undecided'], {
  wired: true,
});

export type CanaryDecision = 'advance' | 'hold' | 'rollback' | 'complete' | 'paused' | 'undecided' | 'none';
/** What a tick of a canary says; `none`: no rollout of this run is under way. */
export const canaryDecision: Type<CanaryDecision> = choice(
  'CanaryDecision',
  ['advance', 'hold', 'rollback', 'complete', 'paused', 'undecided', 'none'],
  { wired: true },
);

/** `true` or `false`, nothing else. */
export const flag: Type<boolean> = {
  name: 'Flag',
  rule: "'true' or 'false'",
  parse: (t) => {
    if (t === 'true') return true;
    if (t === 'false') return false;
    if (t === '') throw new Invalid('is empty', WHY_EMPTY);
    throw new Invalid(
      'is not a flag',
      /^(yes|on|1)$/i.test(t) ? "write 'true'" : /^(no|off|0)$/i.test(t) ? "write 'false'" : undefined,
    );
  },
  format: (v) => (v ? 'true' : 'false'),
  schema: { type: 'string', enum: ['true', 'false'] },
  typing: { type: 'boolean' },
  wired: true,
};

export { WHY_EMPTY };
