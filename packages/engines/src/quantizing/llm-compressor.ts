import type { ProgramCall } from '../programs/program-call.ts';

/** The schemes that llm-compressor makes here, under their public names. */
export const llmCompressorSchemes = ['w8a8', 'w4a16', 'fp8-dynamic'] as const;
export type LlmCompressorScheme = (typeof llmCompressorSchemes)[number];

/** What a quantizing engine is asked to do. Paths are absolute. */
export interface QuantizingJob {
  /** A whole model; the base of `adapter` where there is one. */
  readonly model: string;
  /** Merged into the model first. */
  readonly adapter: string | null;
  readonly outputDir: string;
  readonly scheme: LlmCompressorScheme;
  /** JSONL as for training. With it the weights are calibrated (GPTQ), without it they are rounded. */
  readonly calibrationData: string | null;
}

export interface QuantizingResult {
  /** Weights of the quantized model, in bytes. */
  readonly sizeBytes: number;
  /** Weights of the merged model before, in bytes. */
  readonly originalBytes: number;
  readonly method: 'gptq' | 'round-to-nearest';
  /** Share of next tokens that both models predict alike, after the quantized one was read back from its files. */
  readonly agreement: number;
  /** Share of the answers' tokens that each model predicts; null without calibration data. */
  readonly score: number | null;
  readonly originalScore: number | null;
}

export const quantizingRequirements = 'requirements/model.txt';

export function llmCompressor(job: QuantizingJob): ProgramCall {
  return { program: 'quantize.py', config: { ...job, samples: 512, maxLength: 2048, seed: 0 } };
}

/** The result file of the program. @throws Error when it is not what the program writes. */
export function readQuantizingResult(text: string): QuantizingResult {
  const value = JSON.parse(text) as QuantizingResult;
  if (!(value.sizeBytes > 0 && value.originalBytes > 0))
    throw new Error('the result of quantizing holds no sizes');
  return value;
}
