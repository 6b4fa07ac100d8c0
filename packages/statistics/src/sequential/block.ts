import { requireCount } from '../arguments.ts';

/** Requests of one version in one block of time, and how many of them were events (errors, slow, empty ...). */
export type Arm = { readonly requests: number; readonly events: number };

/** Throws a RangeError unless the counts are whole and the events fit in the requests. */
export function requireArm(name: string, { requests, events }: Arm): void {
  requireCount(`${name} requests`, requests);
  requireCount(`${name} events`, events);
  if (events > requests) throw new RangeError(`${name}: ${events} events in ${requests} requests`);
}
