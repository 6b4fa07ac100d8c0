import type { ITEM_SCORES } from '@sluice/evaluation';

/** Scores of an answer against references, each from 0 to 1. */
export const REFERENCE_METRICS = [
  'exact_match',
  'squad_exact_match',
  'squad_f1',
  'rouge1',
  'rouge2',
  'rougeL',
  'rougeLsum',
  'rouge1_zh',
  'rouge2_zh',
  'rougeL_zh',
] as const satisfies readonly (keyof typeof ITEM_SCORES)[];
