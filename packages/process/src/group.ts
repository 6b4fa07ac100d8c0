import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@sluice/contract';
import { installHint } from './install-hints.ts';

export interface LaunchOptions {
  readonly cwd?: string | undefined;
  /** The whole environment of the program; default: this process's own. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** How to install the program, for the error when it is missing; default: from a table of known programs. */
  readonly install?: string | undefined;
}

/** Leaders of the process groups that are alive: ended when this process exits, however it does. */
const groups = new Set<number>();
let guarded = false;

function guardExit(): void {
  if (guarded) return;
  guarded = true;
  process.on('exit', () => {
    for (const leader of groups) signalGroup(leader, 'SIGKILL');
  });
}

/**
 * Starts `argv` without a shell, as the leader of its own process group, so that it can be ended together with
 * whatever it has started.
 * @throws UserError when the program or the working folder is not there.
 */
export async function launch(
  argv: readonly string[],
  options: LaunchOptions,
  stdin: 'pipe' | 'ignore',
): Promise<ChildProcess & { readonly pid: number }> {
  const [program, ...args] = argv;
  if (!program)
    throw new UserError('No program to run: the command is empty. Give at least the name of a program.');
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    shell: false,
    detached: true,
    windowsHide: true,
    stdio: [stdin, 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      explain(program, options, error).then(reject, reject);
    });
  });
  guardExit();
  const pid = child.pid as number;
  groups.add(pid);
  return child as ChildProcess & { readonly pid: number };
}

async function explain(
  program: string,
  options: LaunchOptions,
  error: NodeJS.ErrnoException,
): Promise<Error> {
  if (options.cwd !== undefined) {
    const folder = await stat(options.cwd).catch(() => undefined);
    if (!folder?.isDirectory())
      return new UserError(
        `Cannot run '${program}' in '${options.cwd}': that is no folder. Give a folder that exists.`,
      );
  }
  const install = options.install ?? installHint(program);
  if (error.code === 'ENOENT')
    return new UserError(
      program.includes('/')
        ? `The program '${program}' does not exist. ${install}`
        : `The program '${program}' was not found on PATH. ${install}`,
    );
  if (error.code === 'EACCES')
    return new UserError(`The program '${program}' may not be executed. Give it the right to (chmod +x).`);
  if (error.code === 'E2BIG')
    return new UserError(
      `The arguments of '${program}' are longer than this system allows; pass them in a file.`,
    );
  return error;
}

/** Nobody of the group is left, or it was ended on purpose: it needs no guard any more. */
export function forgetGroup(leader: number): void {
  groups.delete(leader);
}

function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** Asks the whole group to end (SIGTERM), and ends it (SIGKILL) when it has not within `graceMs`. */
export async function endGroup(leader: number, graceMs: number): Promise<void> {
  const until = Date.now() + graceMs;
  if (!signalGroup(leader, 'SIGTERM')) return;
  while (Date.now() < until) {
    await delay(20);
    if (!signalGroup(leader, 0)) return;
  }
  signalGroup(leader, 'SIGKILL');
}
