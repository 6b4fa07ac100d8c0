import type { ProgramCall } from '../programs/program-call.ts';
import type { TrainingOptions } from './training-options.ts';

/** What every training engine is asked to do. Paths are absolute. */
export interface TrainingJob {
  readonly baseModel: string;
  readonly baseModelDigest: string;
  readonly dataset: string;
  /** Where the adapter is to lie; it appears there whole. */
  readonly outputDir: string;
  /** Checkpoints with the optimizer's state; never published. */
  readonly stateDir: string;
  /** Go on from the last checkpoint in `stateDir`, where there is one. */
  readonly resume: boolean;
  readonly options: TrainingOptions;
}

/** What a training gives. */
export interface TrainingResult {
  /** Mean loss of the last logged steps. */
  readonly finalLoss: number;
  readonly steps: number;
  readonly examples: number;
  /** Lines that `max-length` left no answer in. */
  readonly dropped: number;
  readonly trainableParameters: number;
  readonly resumedFrom: number | null;
  readonly seconds: number;
}

/** LoRA by PEFT on Transformers' Trainer. */
export function peftTraining(job: TrainingJob): ProgramCall {
  return { program: 'peft_train.py', config: { ...job } };
}

/** The requirements file, in the folder of programs, that the training needs. */
export function peftRequirements(options: TrainingOptions): string {
  return options['quantize-base'] === 'none' ? 'requirements/model.txt' : 'requirements/quantized-base.txt';
}

/** The result file of the program. @throws Error when it is not what the program writes. */
export function readTrainingResult(text: string): TrainingResult {
  const value = JSON.parse(text) as TrainingResult;
  if (!Number.isFinite(value.finalLoss) || !Number.isInteger(value.steps))
    throw new Error('the result of the training holds no final loss or no steps');
  return value;
}
