import { UserError } from '@sluice/contract';
import { newGuard } from './guard.ts';
import type { GuardEvidence, GuardRule } from './guard-evidence.ts';

const TESTS = ['swap', 'rank', 'beside', 'limit'] as const;

/**
 * Looks whether evidence was gathered with the bets of this judge: what another version of it has begun, with fewer or more of them,
 * cannot be gone on with.
 * @returns a check that throws a UserError where it was not
 */
export function sameBets(
  assume: GuardRule['assume'],
): (guards: Readonly<Record<string, GuardEvidence>>) => void {
  const own = newGuard(1, null, null, 1, 1, 1, assume);
  return (guards) => {
    for (const [name, guard] of Object.entries(guards))
      for (const test of TESTS) {
        const [found, needed] = [guard[test].wealth.length, own[test].wealth.length];
        if (found === needed) continue;
        throw new UserError(
          `The rollout under way was begun by another version of Sluice: its state has ${found} bets for the guard ${name} (${test}), and this one makes ${needed}. Nothing was moved. End the rollout with command: abort and begin it anew, or finish it with the version that began it.`,
        );
      }
  };
}
