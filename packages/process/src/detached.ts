import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { UserError } from '@sluice/contract';
import { endGroup } from './group.ts';

/** A program that goes on when this process ends. */
export interface Detached {
  readonly pid: number;
  /** When it began, as this machine counts: tells it from a later one of the same number. */
  readonly began: string;
  /** Name of the machine. */
  readonly machine: string;
}

/**
 * Starts a program in a session of its own, its output going to a file, and leaves it alone.
 * @throws UserError where it is not there
 */
export async function startDetached(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly output: string },
): Promise<Detached> {
  const [program = '', ...args] = argv;
  const output = await open(options.output, 'a');
  try {
    const child = spawn(program, args, {
      cwd: options.cwd,
      // a runner of GitHub ends, after the job, whatever still has its mark
      env: { ...options.env, RUNNER_TRACKING_ID: '' },
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(new UserError(`Cannot run '${program}' in '${options.cwd}': ${error.message}.`)),
      );
    });
    child.unref();
    const pid = child.pid as number;
    return { pid, began: (await beganAt(pid)) ?? '', machine: hostname() };
  } finally {
    await output.close();
  }
}

/** Whether it still runs; undefined on another machine, where nobody can tell. */
export async function stillRuns({ pid, began, machine }: Detached): Promise<boolean | undefined> {
  if (machine !== hostname()) return undefined;
  const now = await beganAt(pid);
  return now !== undefined && now === began;
}

/** Ends it with its whole group; false where it had ended already, undefined on another machine. */
export async function endDetached(detached: Detached, graceMs = 30_000): Promise<boolean | undefined> {
  const runs = await stillRuns(detached);
  if (runs) await endGroup(detached.pid, graceMs);
  return runs;
}

/** Linux counts from the start of the machine (field 22, after the name, which may hold spaces); elsewhere the number must do. */
async function beganAt(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (line !== undefined) {
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    // a process that has ended and was not waited for is no program any more
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  if (process.platform === 'linux') return undefined;
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch {
    return undefined;
  }
}
