import { UserError } from '@sluice/contract';
import type { Slot } from '../router.ts';

export type Slots = Readonly<Record<Slot, string>>;

/** What the target and the inputs say of the slots. */
export interface GivenSlots {
  readonly stable?: string | undefined;
  readonly canary?: string | undefined;
}

/**
 * The backends that the slots mean. Each is named by the target, else by its address or name as given, else it is the only one
 * whose name is the slot's or ends with it.
 * @param of the object, for errors
 * @param names its backends
 * @throws UserError
 */
export function slotsIn(of: string, names: readonly string[], named: GivenSlots, given: GivenSlots): Slots {
  const find = (slot: Slot): string => {
    const asked = named[slot];
    if (asked !== undefined) return asked;
    const address = serviceOf(given[slot]);
    if (address !== undefined && names.includes(address)) return address;
    const meant = names.filter((name) => name === slot || name.endsWith(`-${slot}`));
    const [only] = meant;
    if (only !== undefined && meant.length === 1) return only;
    throw new UserError(
      `Which backend of ${of} is ${slot} is not clear; it has ${names.join(', ') || 'none'}. Name it in the target: ?${slot}=<name>.`,
    );
  };
  const slots = { stable: find('stable'), canary: find('canary') };
  if (slots.stable === slots.canary)
    throw new UserError(`stable and canary are both ${slots.stable}; two are needed.`);
  return slots;
}

/** The Service of an address within a cluster (`http://qwen.default.svc:8000`), or the name itself. */
export function serviceOf(given: string | undefined): string | undefined {
  return given?.replace(/^\w+:\/\//, '').split(/[.:/]/)[0];
}
