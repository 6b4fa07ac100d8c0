import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { run } from '../run.ts';
import { underLock } from './build-lock.ts';
import { cacheFolder } from './cache-folder.ts';
import { pipVariables } from './index-variables.ts';
import { type Installed, installedPackages, satisfies } from './installed.ts';
import { install, interpreterOf } from './installer.ts';
import { findInterpreter } from './interpreter.ts';
import { readRequirements } from './requirements.ts';

export interface PythonEnvironmentOptions {
  /** What it is for, in messages, e.g. `training`. */
  readonly name: string;
  /** Requirement lines (PEP 508), or the path of a requirements file. */
  readonly requirements: readonly string[] | string;
  /** An interpreter; one that has all that is asked for is used as it is, another is built upon. Default: `python3`. */
  readonly python?: string | undefined;
  /** Default: `SLUICE_CACHE_DIR`, else the user's cache folder. */
  readonly cacheDir?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly log?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A Python interpreter with all that was asked for. */
export interface PythonEnvironment {
  readonly python: string;
  /** The folder of its programs. */
  readonly bin: string;
  /** SHA-256 over the locked packages: `sha256:<64 hex>`. */
  readonly digest: string;
  /** `name==version`, one a package, sorted. */
  readonly locked: readonly string[];
  /** The environment to run its programs in: `bin` comes first on PATH. */
  readonly env: NodeJS.ProcessEnv;
}

/** What stands in `ready.json`, the proof that an environment was finished, and where. */
interface Ready extends Installed {
  readonly venv: string;
}

/**
 * Gives a Python environment with the packages asked for: made once for a digest of the requirements and the
 * interpreter, then taken from the cache. Two processes that want the same one at the same time make it once.
 * @throws UserError no Python, or requirements that cannot hold; SystemError the package index did not answer.
 */
export async function pythonEnvironment(options: PythonEnvironmentOptions): Promise<PythonEnvironment> {
  const env = options.env ?? process.env;
  const log = options.log ?? (() => {});
  const requirements = await readRequirements(options.requirements);
  const base = await findInterpreter(options.python, pipVariables(env), '3.10');
  if (options.python !== undefined && (await satisfies(base.path, requirements.lines, pipVariables(env)))) {
    log(`Using ${base.path} as it is: it has all that is asked for.`);
    return environment(base.path, await installedPackages(base.path, pipVariables(env)), env);
  }

  const cacheDir = resolve(options.cacheDir ?? cacheFolder(env));
  const wanted = [
    base.platform,
    base.path,
    env.UV_TORCH_BACKEND ?? '',
    ...requirements.lines,
    ...requirements.projects,
  ];
  const folder = join(
    cacheDir,
    'python',
    createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16),
  );
  const cached = await readReady(folder);
  if (cached) return environment(interpreterOf(cached.venv), cached, env);

  return underLock(`${folder}.lock`, options.signal, async () => {
    const meanwhile = await readReady(folder);
    if (meanwhile) return environment(interpreterOf(meanwhile.venv), meanwhile, env);
    log(
      `Making the Python environment '${options.name}' (${requirements.lines.length} requirements) in ${folder}`,
    );
    await mkdir(folder, { recursive: true });
    // what a killed process left half-made
    for (const left of await readdir(folder)) await rm(join(folder, left), { recursive: true, force: true });
    const venv = join(folder, randomBytes(4).toString('hex'));
    try {
      await install({
        ...options,
        python: base.path,
        venv,
        requirements,
        cacheDir,
        env,
        log,
        signal: options.signal,
      });
      const installed = await installedPackages(interpreterOf(venv), pipVariables(env));
      const ready = await publish(folder, { venv, ...installed });
      return environment(interpreterOf(ready.venv), ready, env);
    } catch (error) {
      await rm(venv, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Names the finished environment; where another process was first, its environment holds. */
async function publish(folder: string, ready: Ready): Promise<Ready> {
  const draft = `${ready.venv}.json`;
  await writeFile(draft, JSON.stringify(ready));
  try {
    await link(draft, join(folder, 'ready.json'));
    return ready;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await rm(ready.venv, { recursive: true, force: true });
    return (await readReady(folder)) ?? ready;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The finished environment; undefined when there is none, when the cache was moved, or its base interpreter is gone. */
async function readReady(folder: string): Promise<Ready | undefined> {
  const text = await readFile(join(folder, 'ready.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const ready = JSON.parse(text) as Ready;
  if (dirname(ready.venv) !== folder) return undefined;
  const works = await run([interpreterOf(ready.venv), '-c', ''], { timeoutMs: 60_000 }).catch(
    () => undefined,
  );
  return works?.code === 0 ? ready : undefined;
}

function environment(python: string, installed: Installed, env: NodeJS.ProcessEnv): PythonEnvironment {
  const bin = dirname(python);
  return {
    python,
    bin,
    digest: installed.digest,
    locked: installed.locked,
    env: { ...pipVariables(env), PATH: [bin, env.PATH].filter(Boolean).join(delimiter) },
  };
}
