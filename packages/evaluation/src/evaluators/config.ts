import { duration } from '@sluice/contract';
import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));
const texts = z.array(text).check(z.minLength(1));
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const apis = z.enum(['chat', 'completions']);

const VARIANT_NAME = /^[A-Za-z0-9][\w.-]{0,59}$/;
const digestText = z
  .string()
  .check(z.regex(/^sha256:[0-9a-f]{64}$/, "'sha256:' and 64 lower-case hex digits"));

/** How an evaluator asks: what variants may differ in. */
const asking = {
  /** Folder of the tasks' own files (lm-eval: YAML tasks; EvalScope: `local_path` of every dataset). */
  'include-path': z.optional(text),
  'few-shot': z.optional(z.int().check(z.gte(0))),
  /** The first so many items of each task. */
  limit: z.optional(z.int().check(z.gte(1))),
  'batch-size': z.optional(z.union([z.int().check(z.gte(1)), z.literal('auto')])),
  seed: z.optional(z.int()),
  /** Whether the model's chat template is applied. */
  'chat-template': z.optional(z.boolean()),
  /** How an endpoint is asked. */
  api: z.optional(apis),
  /** More arguments of the model, as the evaluator names them. */
  'model-args': z.optional(z.record(text, scalar)),
  /** How answers are generated, as the evaluator names it. */
  'generation-args': z.optional(z.record(text, scalar)),
  /** EvalScope's `--dataset-args`. */
  'dataset-args': z.optional(z.record(text, z.unknown())),
  /** For `evaluator: command`: a program and its arguments, with `{model}`, `{endpoint}`, `{name}` and `{output}`. */
  command: z.optional(z.array(z.string()).check(z.minLength(1))),
  /** Python packages that the evaluator needs: a requirements file, or a list. */
  requirements: z.optional(z.union([text, texts])),
  env: z.optional(z.record(text, z.string())),
} as const;

/** One of several models, prompts or settings that are evaluated beside each other: its own in place of the config's. */
const variant = z.strictObject({
  ...asking,
  /** A model of its own: a folder or reference, and its digest. */
  model: z.optional(text),
  'model-digest': z.optional(digestText),
  /** An adapter of its own on the base model of the step, or on one of its own. */
  adapter: z.optional(text),
  'adapter-digest': z.optional(digestText),
  'base-model': z.optional(text),
  'base-model-digest': z.optional(digestText),
  /** A server of its own. */
  endpoint: z.optional(text),
  'served-name': z.optional(text),
});

export type Variant = z.infer<typeof variant>;

/** What an evaluator is asked to do: the document `config` of eval-gate. */
export const evaluatorConfig = z.strictObject({
  /** Tasks or benchmarks, by the evaluator's names. */
  tasks: z.optional(texts),
  ...asking,
  api: z._default(apis, 'chat'),
  /** Requests at the same time against an endpoint. */
  concurrency: z._default(z.int().check(z.gte(1), z.lte(512)), 8),
  timeout: z._default(
    text.check(
      z.refine((t) => {
        try {
          return duration.parse(t) > 0;
        } catch {
          return false;
        }
      }, 'a number and its unit, such as 30m or 6h'),
    ),
    '6h',
  ),
  /**
   * Whether an evaluation of the same model, task and program is taken from before. `files` names what Sluice cannot see (what a
   * command reads, data of a hub), `version` the program that serves the model.
   */
  cache: z._default(
    z.union([z.boolean(), z.strictObject({ files: z.optional(texts), version: z.optional(text) })]),
    true,
  ),
  /** Evaluated beside each other, each in a folder of its own. */
  variants: z.optional(
    z
      .record(text, variant)
      .check(
        z.refine(
          (of) => Object.keys(of).every((name) => VARIANT_NAME.test(name)),
          "the name of a variant has letters, digits, '.', '_' and '-', at most 60",
        ),
      ),
  ),
  /** The variant that the gates decide on: it is evaluated on what the step judges. */
  candidate: z.optional(text),
  /** Variants at the same time; default: one a GPU, one without GPUs. */
  parallel: z.optional(z.int().check(z.gte(1), z.lte(64))),
});

export type EvaluatorConfig = z.infer<typeof evaluatorConfig>;

/** What is evaluated: a folder of a model (with an adapter), or a server's address with the name it serves under. */
export type Evaluated =
  | { readonly model: string; readonly adapter?: string }
  | { readonly endpoint: string; readonly name: string; readonly tokenizer?: string };

/** A program to run: its arguments after the interpreter or by name, and the variables it needs. */
export interface EvaluatorCall {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
