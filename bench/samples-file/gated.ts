import { SystemError } from '@sluice/contract';
import { watched } from '../gate/measure.ts';

/** What a run of the gate took, and what it decided. */
export interface Gated {
  readonly seconds: number;
  /** Processor time of all its threads, seconds. */
  readonly cpu: number;
  /** The most memory that it held at once, millions of bytes. */
  readonly megabytes: number;
  readonly decision: string;
}

/** Runs the gate and measures it from outside. @throws SystemError where it decides nothing, or without Linux's /proc */
export async function gated(argv: readonly string[], cwd: string): Promise<Gated> {
  const { seconds, cpu, memory, code, out } = await watched(argv, { cwd });
  const decision = /^decision +(\w+)$/m.exec(out)?.[1];
  if (decision === undefined) throw new SystemError(`the gate ended with ${code} and decided nothing`);
  return { seconds, cpu, megabytes: (memory * 2 ** 20) / 1e6, decision };
}
