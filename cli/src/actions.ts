import type { Action } from '@sluice/host';

type Load = () => Promise<{ readonly default: Action }>;

/** An action whose own types are known to nobody but itself. */
const of = (load: () => Promise<{ readonly default: unknown }>): Load => load as Load;

/** The eight actions in the order of a pipeline; one is loaded only when it is called. */
export const actions: Readonly<Record<string, Load>> = {
  'lint-and-unit': of(() => import('@sluice/action-lint-and-unit')),
  'lora-train': of(() => import('@sluice/action-lora-train')),
  quantize: of(() => import('@sluice/action-quantize')),
  'eval-gate': of(() => import('@sluice/action-eval-gate')),
  'build-vllm-image': of(() => import('@sluice/action-build-vllm-image')),
  'smoke-test': of(() => import('@sluice/action-smoke-test')),
  'canary-step': of(() => import('@sluice/action-canary-step')),
  rollback: of(() => import('@sluice/action-rollback')),
};
