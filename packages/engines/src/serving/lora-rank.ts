import { UserError } from '@sluice/contract';

/** The ranks that vLLM reserves memory for (`MaxLoRARanks` in its configuration). */
const ranks = [1, 8, 16, 32, 64, 128, 256, 320, 512] as const;

/**
 * The smallest `--max-lora-rank` that an adapter of this rank fits in.
 * @throws UserError for a rank that vLLM cannot serve.
 */
export function maxLoraRank(rank: number): number {
  const fitting = ranks.find((r) => r >= rank);
  if (!Number.isInteger(rank) || rank < 1 || fitting === undefined)
    throw new UserError(
      `An adapter of rank ${rank} cannot be served by vLLM: ranks are whole numbers from 1 to ${ranks.at(-1)}.`,
    );
  return fitting;
}
