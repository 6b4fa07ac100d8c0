/** The formats that are read, in the order in which they are recognised. */
export const FORMATS = [
  'sluice',
  'inspect',
  'lm-eval',
  'evalscope',
  'promptfoo',
  'deepeval',
  'openai-evals',
  'trainer',
  'ms-swift',
  'mlflow',
  'table',
  'jsonl',
  'csv',
] as const;
export type Format = (typeof FORMATS)[number];
