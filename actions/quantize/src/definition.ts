import {
  choice,
  defineAction,
  dryRun,
  integer,
  modelDigest,
  modelRef,
  number,
  orNone,
  path,
  pythonInputs,
  runInputs,
  runOutputs,
  signingKey,
} from '@sluice/contract';
import { llmCompressorSchemes } from '@sluice/engines';

export const definition = defineAction({
  name: 'quantize',
  title: 'quantize',
  description:
    'Merges an adapter into its base model, quantizes the result, and reads it back: a smaller model that was seen to load and to predict.',
  inputs: {
    engine: {
      type: choice('QuantizeEngine', ['llm-compressor']),
      description: 'The library that quantizes.',
      default: 'llm-compressor',
    },
    scheme: {
      type: choice('Scheme', llmCompressorSchemes),
      description: 'Number formats of weights and activations.',
      default: 'w8a8',
    },
    model: {
      type: modelRef,
      description: 'A whole model. Default: the adapter of the run on its base model.',
    },
    'model-digest': {
      type: modelDigest,
      description: 'Digest of `model`; required where it is no folder of this machine.',
    },
    adapter: {
      type: modelRef,
      description: 'LoRA adapter to merge first. Default: what the record of the run names.',
    },
    'adapter-digest': { type: modelDigest, description: 'Digest of `adapter`. Default: from the record.' },
    'base-model': {
      type: modelRef,
      description: "The adapter's base model. Default: what the record of the run names.",
    },
    'base-model-digest': {
      type: modelDigest,
      description: 'Digest of `base-model`. Default: from the record.',
    },
    'calibration-data': {
      type: path,
      description:
        'JSONL as for training. With it the weights are calibrated (GPTQ) and the score is measured; without it they are rounded.',
    },
    'output-dir': { type: path, description: 'Folder that the model is written to, beside the store.' },
    'max-score-drop': {
      type: number({ min: 0, max: 1 }),
      description:
        "How much of the score may be lost: share (0 to 1) of the calibration data's answer tokens that the model predicts. More ends with exit 3. Needs `calibration-data`.",
    },
    ...pythonInputs,
    ...runInputs,
    ...signingKey,
    ...dryRun,
  },
  outputs: {
    model: { type: orNone(modelRef), description: 'Where the quantized model lies in the store.' },
    'model-digest': { type: orNone(modelDigest), description: 'Digest of the quantized model.' },
    scheme: { type: choice('Scheme', llmCompressorSchemes), description: 'The scheme it was quantized to.' },
    'size-bytes': { type: integer({ min: 0 }), description: 'Size of its weights.' },
    'compression-ratio': {
      type: orNone(number({ min: 0 })),
      description: 'Size of the weights before, divided by their size now.',
    },
    ...runOutputs,
  },
});
