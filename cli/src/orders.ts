import { UserError } from '@sluice/contract';

/** What a person decides about a rollout: short names of `canary-step --command …`. */
const ORDERS = ['approve', 'pause', 'resume', 'abort'] as const;
type Order = (typeof ORDERS)[number];

export const isOrder = (name: string): name is Order => (ORDERS as readonly string[]).includes(name);

/** `approve <target> --reason …` as the arguments of canary-step. */
export function orderArguments(order: Order, argv: readonly string[]): string[] {
  const [target, ...rest] = argv;
  if (target === '--help' || target === '-h') return [];
  if (target === undefined || target.startsWith('--'))
    throw new UserError(
      `sluice ${order} needs a target first: the router's address as canary-step was given it, for example sluice ${order} tcp:gateway:9999 --reason '…'`,
    );
  return ['--command', order, `--target=${target}`, ...rest];
}
