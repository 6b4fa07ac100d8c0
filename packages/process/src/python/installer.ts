import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError, UserError } from '@sluice/contract';
import { type RunResult, run } from '../run.ts';
import { which } from '../which.ts';
import { mayChooseTorchIndex, pipVariables, uvVariables } from './index-variables.ts';
import type { Requirements } from './requirements.ts';

export interface InstallJob {
  /** What the environment is for, in messages. */
  readonly name: string;
  /** The base interpreter. */
  readonly python: string;
  /** The folder of the environment to make; it does not exist yet. */
  readonly venv: string;
  readonly requirements: Requirements;
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes a virtual environment and installs into it: by uv where it is on PATH or can be installed, else by pip.
 * @throws UserError when the requirements cannot hold; SystemError when the package index did not answer.
 */
export async function install(job: InstallJob): Promise<void> {
  const uv = (await which('uv', job.env)) ?? (await ownUv(job));
  if (uv) await byUv(uv, job);
  else await byPip(job);
}

async function byUv(uv: string, job: InstallJob): Promise<void> {
  const env = uvVariables(job.env, job.cacheDir);
  check(await call(job, [uv, 'venv', '--quiet', '--python', job.python, job.venv], env), job);
  // compiled once here: programs that may not write bytecode would compile everything at every start
  const argv = [
    uv,
    'pip',
    'install',
    '--compile-bytecode',
    '--python',
    interpreterOf(job.venv),
    ...job.requirements.args,
  ];
  if (mayChooseTorchIndex(job.env, job.requirements.lines)) {
    const chosen = await call(job, [...argv, '--torch-backend=auto'], env);
    if (chosen.code === 0 || chosen.cancelled) return check(chosen, job);
    job.log(
      `PyTorch's own package index does not serve this (${lastWords(chosen)}): taking the usual index.`,
    );
  }
  check(await call(job, argv, env), job);
}

async function byPip(job: InstallJob): Promise<void> {
  const env = pipVariables(job.env);
  const made = await call(job, [job.python, '-m', 'venv', job.venv], env);
  if (made.code !== 0 && !made.cancelled)
    throw new UserError(
      `'${job.python} -m venv' failed, and uv is not there. Install uv, or the venv module (apt-get install python3-venv).\n${made.tail.join('\n')}`,
    );
  check(made, job);
  const argv = [
    interpreterOf(job.venv),
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    ...job.requirements.args,
  ];
  check(await call(job, argv, env), job);
}

/** uv installed by pip into a folder of its own; undefined where that does not work: then pip does it all. */
async function ownUv(job: InstallJob): Promise<string | undefined> {
  const folder = join(job.cacheDir, 'python', 'uv');
  const program = join(folder, 'bin', 'uv');
  if (await which(program)) return program;
  const env = pipVariables(job.env);
  const quiet = { env, cwd: job.requirements.folder, signal: job.signal, timeoutMs: 300_000 };
  await mkdir(join(job.cacheDir, 'python'), { recursive: true });
  // --target needs no venv module, and two at once write the same files
  const made = await run(
    [job.python, '-m', 'pip', 'install', '--quiet', '--no-input', '--upgrade', '--target', folder, 'uv'],
    quiet,
  );
  if (made.code === 0 && (await which(program))) return program;
  await rm(folder, { recursive: true, force: true });
  return undefined;
}

function call(job: InstallJob, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<RunResult> {
  return run(argv, {
    env,
    cwd: job.requirements.folder,
    signal: job.signal,
    onLine: (line) => job.log(line),
  });
}

function check(result: RunResult, job: InstallJob): void {
  if (result.cancelled)
    throw job.signal?.reason ?? new SystemError(`Making the Python environment '${job.name}' was cancelled.`);
  if (result.code === 0) return;
  const said = result.tail.slice(-12).join('\n');
  if (indexIsAway(said))
    throw new SystemError(
      `The Python packages for '${job.name}' could not be fetched. Check the network and pip's or uv's index variables.\n${said}`,
    );
  throw new UserError(
    `The Python packages for '${job.name}' could not be installed; asked for: ${job.requirements.lines.join(', ')}.\n${said}`,
  );
}

/** Whether an installer's last words are about the index and not about what was asked for. */
export function indexIsAway(said: string): boolean {
  return /error sending request|dns error|connection (?:error|refused|reset)|NewConnectionError|Failed to establish|name resolution|timed? ?out|Could not connect|\b(?:401|403|407|50[0234])\b|certificate/i.test(
    said,
  );
}

function lastWords(result: RunResult): string {
  return (result.tail.at(-1) ?? 'no word').trim();
}

/** The interpreter inside a virtual environment. */
export function interpreterOf(venv: string): string {
  return join(venv, 'bin', 'python');
}
