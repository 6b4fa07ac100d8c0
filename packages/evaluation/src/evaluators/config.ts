import { duration } from '@sluice/contract';
import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));
const texts = z.array(text).check(z.minLength(1));
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What an evaluator is asked to do: the document `config` of eval-gate. */
export const evaluatorConfig = z.strictObject({
  /** Tasks or benchmarks, by the evaluator's names. */
  tasks: z.optional(texts),
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
  api: z._default(z.enum(['chat', 'completions']), 'chat'),
  /** More arguments of the model, as the evaluator names them. */
  'model-args': z.optional(z.record(text, scalar)),
  /** How answers are generated, as the evaluator names it. */
  'generation-args': z.optional(z.record(text, scalar)),
  /** EvalScope's `--dataset-args`. */
  'dataset-args': z.optional(z.record(text, z.unknown())),
  /** Requests at the same time against an endpoint. */
  concurrency: z._default(z.int().check(z.gte(1), z.lte(512)), 8),
  /** For `evaluator: command`: a program and its arguments, with `{model}`, `{endpoint}`, `{name}` and `{output}`. */
  command: z.optional(z.array(z.string()).check(z.minLength(1))),
  /** Python packages that the evaluator needs: a requirements file, or a list. */
  requirements: z.optional(z.union([text, texts])),
  env: z.optional(z.record(text, z.string())),
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
