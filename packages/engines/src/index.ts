// Programs in Python that Sluice ships: what they are told, and what they say.
export { type ProgramEvent, readEvent } from './programs/events.ts';
export type { ProgramCall } from './programs/program-call.ts';
// Quantizing.
export {
  type LlmCompressorScheme,
  llmCompressor,
  llmCompressorSchemes,
  type QuantizingJob,
  type QuantizingResult,
  quantizingRequirements,
  readQuantizingResult,
} from './quantizing/llm-compressor.ts';
// Serving.
export { type DockerfileOptions, dockerfile } from './serving/dockerfile.ts';
export { maxLoraRank } from './serving/lora-rank.ts';
export { checkServedName, type Served, type ServedAdapter } from './serving/served.ts';
export { type ImageContent, type ServingImage, servingImage } from './serving/serving-image.ts';
export { type HubLayout, hubLayout, transformersArgv, transformersEnv } from './serving/transformers.ts';
export { type Listening, vllmArgv } from './serving/vllm.ts';
// Training.
export {
  peftRequirements,
  peftTraining,
  readTrainingResult,
  type TrainingJob,
  type TrainingResult,
} from './training/peft.ts';
export { readTrainingOptions, type TrainingOptions, trainingOptions } from './training/training-options.ts';
