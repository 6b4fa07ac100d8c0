import { readDocument } from '@sluice/contract';
import * as z from 'zod/mini';

const whole = (least: number, most = 2 ** 31 - 1) =>
  z
    .int(`must be a whole number`)
    .check(z.gte(least, `must be at least ${least}`), z.lte(most, `must be at most ${most}`));
const number = (least: number, most: number) =>
  z
    .number('must be a number')
    .check(z.gte(least, `must be at least ${least}`), z.lte(most, `must be at most ${most}`));
const positive = (most: number) =>
  z
    .number('must be a number')
    .check(z.positive('must be greater than 0'), z.lte(most, `must be at most ${most}`));
const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, `must be one of ${words.join(', ')}`);

/** Schema of the `config` document. */
export const trainingOptions = z
  .strictObject({
    // 512 is the largest rank that vLLM serves
    rank: z._default(whole(1, 512), 16),
    alpha: z.optional(positive(1e6)),
    dropout: z._default(number(0, 0.99), 0),
    'target-modules': z._default(
      z.union([z.literal('all-linear'), z.array(z.string().check(z.minLength(1))).check(z.minLength(1))], {
        error: "must be 'all-linear' or a list of module names",
      }),
      'all-linear',
    ),
    'learning-rate': z._default(positive(10), 2e-4),
    epochs: z.optional(positive(1e6)),
    steps: z.optional(whole(1)),
    'batch-size': z._default(whole(1), 8),
    'gradient-accumulation': z._default(whole(1), 1),
    'max-length': z._default(whole(8), 2048),
    precision: z._default(oneOf('auto', 'float32', 'bfloat16', 'float16'), 'auto'),
    seed: z._default(whole(0), 0),
    'quantize-base': z._default(oneOf('none', 'nf4', 'int8'), 'none'),
    schedule: z._default(oneOf('cosine', 'linear', 'constant_with_warmup'), 'cosine'),
    'warmup-steps': z._default(whole(0), 10),
    'weight-decay': z._default(number(0, 10), 0),
    'logging-steps': z.optional(whole(1)),
    'save-steps': z.optional(whole(1)),
  })
  .check(
    z.refine((o) => o.steps === undefined || o.epochs === undefined, {
      error: 'epochs and steps are both given: give one of them',
      path: ['steps'],
    }),
  );

/**
 * Hyperparameters with every default filled in: what is left out is null only where its value follows from another.
 * Exactly one of `epochs` and `steps` is a number.
 */
export interface TrainingOptions {
  /** Rank of the adapter, 1 to 512. */
  readonly rank: number;
  /** The adapter is scaled by alpha / rank; default twice the rank. */
  readonly alpha: number;
  readonly dropout: number;
  readonly 'target-modules': 'all-linear' | readonly string[];
  readonly 'learning-rate': number;
  readonly epochs: number | null;
  readonly steps: number | null;
  /** Conversations in one pass, on each device. */
  readonly 'batch-size': number;
  readonly 'gradient-accumulation': number;
  /** In tokens; what is longer is cut. */
  readonly 'max-length': number;
  readonly precision: 'auto' | 'float32' | 'bfloat16' | 'float16';
  readonly seed: number;
  readonly 'quantize-base': 'none' | 'nf4' | 'int8';
  readonly schedule: 'cosine' | 'linear' | 'constant_with_warmup';
  readonly 'warmup-steps': number;
  readonly 'weight-decay': number;
  /** Null: twenty points on the loss curve. */
  readonly 'logging-steps': number | null;
  /** Null: five checkpoints. */
  readonly 'save-steps': number | null;
}

/**
 * Reads the `config` document of lora-train (YAML or JSON).
 * @throws UserError that names every unknown key and every value out of its range, with line and column.
 */
export function readTrainingOptions(text: string, source: string): TrainingOptions {
  const given = readDocument(text.trim() === '' ? '{}' : text, source, trainingOptions);
  return {
    ...given,
    alpha: given.alpha ?? 2 * given.rank,
    epochs: given.epochs ?? (given.steps === undefined ? 3 : null),
    steps: given.steps ?? null,
    'logging-steps': given['logging-steps'] ?? null,
    'save-steps': given['save-steps'] ?? null,
  };
}
