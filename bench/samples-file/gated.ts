import { spawn } from 'node:child_process';
import { SystemError } from '@sluice/contract';
import { type Usage, usageOf } from '../gate/measure.ts';

/** What a run of the gate took, and what it decided. */
export interface Gated {
  readonly seconds: number;
  /** Processor time of all its threads, seconds. */
  readonly cpu: number;
  /** The most memory that it held at once, millions of bytes. */
  readonly megabytes: number;
  readonly decision: string;
}

/** How often the kernel's figures are read, ms. */
const LOOK = 20;

/** Runs the gate and measures it from outside. @throws SystemError where it decides nothing, or without Linux's /proc */
export async function gated([program, ...rest]: readonly string[], cwd: string): Promise<Gated> {
  const began = performance.now();
  const child = spawn(program as string, rest, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let usage: Usage = { cpu: 0, memory: 0 };
  const look = (): void => {
    usage = usageOf(child.pid as number) ?? usage;
  };
  const timer = setInterval(look, LOOK);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    look();
    out += text;
  });
  const code = await new Promise((done, fail) => child.on('close', done).on('error', fail));
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const decision = /^decision +(\w+)$/m.exec(out)?.[1];
  if (decision === undefined) throw new SystemError(`the gate ended with ${code} and decided nothing`);
  if (usage.memory === 0) throw new SystemError('a program is measured by Linux /proc, which is not here');
  return { seconds, cpu: usage.cpu, megabytes: (usage.memory * 2 ** 20) / 1e6, decision };
}
