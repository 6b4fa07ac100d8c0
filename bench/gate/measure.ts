import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SystemError } from '@sluice/contract';

/** What a measured program prints: what it found, as JSON. */
export interface Answer {
  readonly decision?: string;
  readonly n: number;
  readonly interval: readonly [number, number];
  /** What it measured of itself, without its start. */
  readonly seconds?: number;
}

/** One run of a program, from its start to its end. */
export interface Measured {
  readonly seconds: number;
  /** Processor time of all its threads, seconds. */
  readonly cpu: number;
  /** The most memory that it held at once, MB. */
  readonly memory: number;
  readonly answer: Answer;
}

/** How often the kernel's own figures of the program are read, ms; they only grow, so the last ones hold. */
const LOOK = 20;

/**
 * Runs a program and measures it from outside, by the same means whatever it is written in.
 * @throws SystemError without Linux's /proc, or when the program does not end with 0
 */
export async function measure(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Measured> {
  const { code, out, ...taken } = await watched(argv, { env });
  if (code !== 0) throw new SystemError(`${argv.join(' ')} ended with ${code}`);
  return { ...taken, answer: JSON.parse(out) as Answer };
}

/** A run of a program as it was seen from outside: how it ended, and all that it printed. */
export interface Watched extends Usage {
  readonly seconds: number;
  readonly code: number | null;
  readonly out: string;
}

/** Runs a program to its end, whatever that is. @throws SystemError without Linux's /proc */
export async function watched(
  argv: readonly string[],
  where: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<Watched> {
  const [program, ...rest] = argv as [string, ...string[]];
  const began = performance.now();
  const child = spawn(program, rest, { ...where, stdio: ['ignore', 'pipe', 'inherit'] });
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
  const code = await new Promise<number | null>((done, fail) => child.on('close', done).on('error', fail));
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  if (code === 0 && usage.memory === 0)
    throw new SystemError('a program is measured by Linux /proc, which is not here');
  return { seconds, ...usage, code, out };
}

/** What the kernel counts of a program: seconds, MiB. */
export type Usage = Pick<Measured, 'cpu' | 'memory'>;

/** Clock ticks a second in /proc, the same on every Linux. */
const TICKS = 100;

/** The same of a process that runs; undefined where it has ended, or without Linux's /proc. */
function usageOf(pid: number): Usage | undefined {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // behind the name in brackets, which may hold spaces, utime and stime are the 12th and 13th figure
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (peak === undefined) return undefined;
    return { memory: Number(peak) / 1024, cpu: (Number(stat[11]) + Number(stat[12])) / TICKS };
  } catch {
    return undefined; // it has ended
  }
}
