import { run, which } from '@sluice/process';
import type { Context } from '../context.ts';

/**
 * The GPUs that this step may use, as `CUDA_VISIBLE_DEVICES` names them: those it was given, else all that `nvidia-smi -L` lists. Of a
 * GPU that is cut (MIG) its parts.
 */
export function visibleDevices(given: string | undefined, listing: string): string[] {
  if (given !== undefined) {
    const named = given.split(',').map((name) => name.trim());
    // CUDA takes what comes before the first that is none
    const end = named.findIndex((name) => name === '' || name === '-1' || name === 'NoDevFiles');
    return end < 0 ? named : named.slice(0, end);
  }
  const devices: { index: string; parts: string[] }[] = [];
  for (const line of listing.split('\n')) {
    const gpu = /^GPU (\d+):/.exec(line)?.[1];
    const part = /^\s+MIG .*\(UUID:\s*(MIG-[^)\s]+)\)/.exec(line)?.[1];
    if (gpu !== undefined) devices.push({ index: gpu, parts: [] });
    else if (part !== undefined) devices.at(-1)?.parts.push(part);
  }
  return devices.flatMap(({ index, parts }) => (parts.length > 0 ? parts : [index]));
}

/**
 * The GPUs of each place where a variant can be evaluated: dealt evenly, so that 4 GPUs and 2 places are 2 GPUs each. With more places
 * than GPUs, which only a user can ask for, they take turns. Without GPUs a place has none.
 */
export function places(
  devices: readonly string[],
  parallel: number | undefined,
  variants: number,
): string[][] {
  const count = Math.min(variants, parallel ?? Math.max(1, devices.length));
  if (devices.length === 0) return Array.from({ length: count }, () => []);
  if (count >= devices.length)
    return Array.from({ length: count }, (_, i) => [devices[i % devices.length] as string]);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * devices.length) / count);
    return devices.slice(from, Math.floor(((i + 1) * devices.length) / count));
  });
}

/** Asks the machine for its GPUs; none where there is no driver. */
export async function devicesHere({ host }: Context): Promise<string[]> {
  const given = host.env.CUDA_VISIBLE_DEVICES;
  if (given !== undefined) return visibleDevices(given, '');
  const program = await which('nvidia-smi', host.env);
  if (program === undefined) return [];
  const told = await run([program, '-L'], { env: host.env, timeoutMs: 30_000, signal: host.signal });
  return told.code === 0 ? visibleDevices(undefined, told.stdout) : [];
}

/** Works through a list, as many at a time as there are places; what fails ends the rest after those under way. */
export async function inPlaces<T, P, R>(
  list: readonly T[],
  at: readonly P[],
  work: (item: T, place: P) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (place: P): Promise<void> => {
    while (next < list.length && failures.length === 0) {
      const mine = next++;
      try {
        results[mine] = await work(list[mine] as T, place);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(at.map(worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
