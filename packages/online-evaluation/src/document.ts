import { duration, readDocument, UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { checks } from './scorers/checks.ts';
import { REFERENCE_METRICS } from './scorers/reference-metrics.ts';

const text = z.string().check(z.minLength(1));
const durationText = z
  .string({ error: 'must be a duration with its unit, such as 10m or 1h' })
  .check(
    z.regex(
      new RegExp(duration.schema.pattern as string),
      'must be a number and its unit: ms, s, m, h or d (30s, 1.5h)',
    ),
  );
const argv = z.array(z.string()).check(z.minLength(1));

/** Names a score in the policy, the report and the tracking server. */
const name = z
  .string()
  .check(z.regex(/^[A-Za-z][\w.-]{0,59}$/, "must be a name of letters, digits, '.', '_' and '-'"));

/** The lowest and the highest score that a scorer gives; they become 0 and 1. */
const scale = z._default(z.tuple([z.number(), z.number()]), [0, 1]);

const checksScorer = z.strictObject({ name, checks });

const referencesScorer = z.strictObject({
  name,
  /** JSON lines or a JSON list with `prompt` and `reference` (or `references`); answers to other prompts are not scored. */
  references: text,
  metric: z._default(
    z.enum(REFERENCE_METRICS, { error: `must be one of ${REFERENCE_METRICS.join(', ')}` }),
    'rougeL',
  ),
});

const commandScorer = z.strictObject({
  name,
  /** Program and arguments. It reads JSON lines {id, prompt, response} and writes JSON lines {id, score}; a score may be null. */
  command: argv,
  scale,
  timeout: z._default(durationText, '10m'),
});

const judgeScorer = z.strictObject({
  name,
  judge: z.strictObject({
    /** An OpenAI-compatible server. Prompts and answers of the sample are sent to it. */
    endpoint: z.string().check(z.regex(/^https?:\/\//, 'must be an http:// or https:// address')),
    model: text,
    /** What a good answer is. */
    rubric: z._default(
      text,
      'A good answer is correct, does what was asked, is complete, and is written in the language of the question.',
    ),
    /** Name of the environment variable with its key. */
    'api-key-env': z.optional(text),
    timeout: z._default(durationText, '60s'),
    concurrency: z._default(z.int().check(z.gte(1), z.lte(64)), 4),
  }),
  scale: z._default(z.tuple([z.number(), z.number()]), [1, 10]),
});

const evalScopeScorer = z.strictObject({
  name,
  /** EvalScope's `general_qa` over the answers whose prompts have a reference. */
  evalscope: z.strictObject({
    /** As for `references`; the first one of a prompt counts. */
    references: text,
    /** As EvalScope names it. */
    metric: z._default(text, 'Rouge-L-F'),
    /** Python packages in place of evalscope==1.14.0. */
    requirements: z.optional(z.array(text).check(z.minLength(1))),
    timeout: z._default(durationText, '10m'),
  }),
});

const scorer = z.union([checksScorer, referencesScorer, commandScorer, evalScopeScorer, judgeScorer], {
  error:
    "must have a 'name' and one of 'checks', 'references', 'command', 'evalscope', 'judge', and no keys but theirs",
});

/** The document `online-evaluation`. */
export const onlineEvaluationSchema = z.strictObject({
  /** The structured request log. Default: the one that `metrics` names. */
  log: z.optional(text),
  every: z._default(durationText, '1h'),
  /** Answers of each version that are scored in each period; as many of both as the one with fewer has. */
  sample: z._default(z.int().check(z.gte(1), z.lte(1000)), 50),
  /** Fewer than this of a version are not scored: the period counts as seen, without scores. */
  'min-sample': z._default(z.int().check(z.gte(1)), 5),
  /** Ask both versions anew what users of both asked, one after the other, and score these answers in pairs; `sample` pairs. */
  replay: z._default(
    z.union([
      z.literal(false),
      z.strictObject({
        'max-tokens': z._default(z.int().check(z.gte(1)), 512),
        concurrency: z._default(z.int().check(z.gte(1), z.lte(64)), 2),
        timeout: z._default(durationText, '60s'),
      }),
    ]),
    false,
  ),
  scorers: z
    .array(scorer)
    .check(
      z.minLength(1, "needs at least one scorer: 'checks', 'references', 'command', 'evalscope' or 'judge'"),
    ),
  /** Percent of the sample that a scorer may leave without a score; more, and it counts as failed. */
  'max-missing': z._default(z.number().check(z.gte(0), z.lte(100)), 20),
  /** What is kept of each scored answer beside its scores. `hashed`: HMAC-SHA256 with the key of SLUICE_HASH_KEY and a salt of the rollout. */
  keep: z._default(
    z.enum(['nothing', 'hashed', 'text'], { error: 'must be one of nothing, hashed, text' }),
    'nothing',
  ),
});

export type OnlineEvaluation = z.output<typeof onlineEvaluationSchema>;
export type ScorerSpec = OnlineEvaluation['scorers'][number];

/**
 * Reads the document with every default filled in.
 * @param source name of the file, for errors
 * @throws UserError with every problem at line and column
 */
export function parseOnlineEvaluation(given: string, source = 'online-evaluation'): OnlineEvaluation {
  const document = readDocument<OnlineEvaluation>(given, source, onlineEvaluationSchema);
  const names = document.scorers.map((s) => s.name);
  const twice = names.find((n, i) => names.indexOf(n) !== i);
  if (twice !== undefined)
    throw new UserError(`${source}: two scorers are named '${twice}'; each needs a name of its own.`);
  for (const spec of document.scorers) {
    if ('scale' in spec && !(spec.scale[0] < spec.scale[1]))
      throw new UserError(
        `${source}: the scale of '${spec.name}' is ${spec.scale.join(' to ')}; the first must be the lower.`,
      );
  }
  if (duration.parse(document.every) < 1000)
    throw new UserError(`${source}: 'every' is ${document.every}; the shortest period is 1s.`);
  return document;
}
