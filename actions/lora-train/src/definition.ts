import {
  choice,
  defineAction,
  digest,
  document,
  dryRun,
  flag,
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
  text,
} from '@sluice/contract';
import { trainingOptions } from '@sluice/engines';

export const definition = defineAction({
  name: 'lora-train',
  title: 'LoRA training',
  description:
    'Trains a LoRA adapter on a base model and writes down what it was made from: commit, data, base model, hyperparameters and packages, by digest.',
  documents: { config: trainingOptions },
  inputs: {
    engine: {
      type: choice('TrainEngine', ['peft']),
      description: 'The library that trains.',
      default: 'peft',
    },
    'base-model': {
      type: modelRef,
      description:
        'Base model with safetensors weights: a folder, runs:/… or s3://…. Never fetched from a hub.',
      required: true,
    },
    'base-model-digest': {
      type: modelDigest,
      description: 'Digest of `base-model`; required where it is no folder of this machine.',
    },
    dataset: {
      type: path,
      description: 'Training data: JSONL with Alpaca rows or chat messages, one conversation a line.',
      required: true,
    },
    config: {
      type: document,
      description:
        'Hyperparameters (schema: config.schema.json): rank, alpha, dropout, target-modules, learning-rate, epochs or steps, batch-size, gradient-accumulation, max-length, precision, seed, quantize-base.',
      default: '{}',
    },
    launcher: {
      type: choice('Launcher', ['local']),
      description: 'Where the training runs: on the machine of this job.',
      default: 'local',
    },
    'output-dir': { type: path, description: 'Folder that the adapter is written to, beside the store.' },
    experiment: {
      type: text,
      description: 'Experiment of the tracking server that the run belongs to.',
      default: 'sluice',
    },
    resume: {
      type: choice('Resume', ['auto', 'never']),
      description:
        'Go on from the last checkpoint of an interrupted training with the same inputs on this machine.',
      default: 'auto',
    },
    reuse: {
      type: flag,
      description:
        'Where a finished run has the same inputs by digest, take its adapter over into a new run instead of training again.',
      default: 'true',
    },
    ...pythonInputs,
    ...runInputs,
    ...signingKey,
    ...dryRun,
  },
  outputs: {
    adapter: { type: orNone(modelRef), description: 'Where the adapter lies in the store.' },
    'model-digest': { type: orNone(modelDigest), description: 'Digest of the adapter.' },
    'base-model-digest': { type: modelDigest, description: 'Digest of the base model.' },
    'data-version': { type: digest, description: 'Digest of the data set.' },
    'hyperparameters-digest': {
      type: digest,
      description: 'Digest of the hyperparameters with all defaults, as canonical JSON.',
    },
    'environment-digest': {
      type: orNone(digest),
      description: 'Digest of the locked Python packages.',
    },
    'final-loss': { type: orNone(number()), description: 'Mean training loss at the end of the curve.' },
    steps: { type: integer({ min: 0 }), description: 'Optimizer steps.' },
    reused: { type: flag, description: 'Whether the adapter of an earlier run was taken over.' },
    resumed: { type: flag, description: 'Whether the training went on from a checkpoint.' },
    ...runOutputs,
  },
});
