import { UserError } from '@sluice/contract';
import { run } from '../run.ts';
import { which } from '../which.ts';

/** A Python interpreter as it describes itself. */
export interface Interpreter {
  /** Full path; behind a shim, the interpreter that the shim starts. */
  readonly path: string;
  /** e.g. `3.11.7` */
  readonly version: string;
  /** e.g. `cpython-3.11.7-linux-x86_64`: what compiled packages depend on. */
  readonly platform: string;
}

const describe = `import json, platform, sys, sysconfig
print(json.dumps({
    "path": sys.executable,
    "version": platform.python_version(),
    "platform": "-".join([sys.implementation.name, platform.python_version(), sysconfig.get_platform()]),
}))`;

/**
 * Finds the interpreter to build on: the one given, else `python3` and `python` on PATH.
 * @throws UserError when there is none, or it is older than `atLeast`.
 */
export async function findInterpreter(
  given: string | undefined,
  env: NodeJS.ProcessEnv,
  atLeast: string,
): Promise<Interpreter> {
  const names = given === undefined ? ['python3', 'python'] : [given];
  for (const name of names) {
    if (!(await which(name, env))) continue;
    const told = await run([name, '-c', describe], { env, timeoutMs: 60_000 });
    if (told.code !== 0) continue;
    const interpreter = JSON.parse(told.stdout) as Interpreter;
    if (olderThan(interpreter.version, atLeast))
      throw new UserError(
        `Python at '${interpreter.path}' is ${interpreter.version}; at least ${atLeast} is needed. Put a newer one first on PATH, or give its path.`,
      );
    return interpreter;
  }
  throw new UserError(
    given === undefined
      ? `No Python was found on PATH (looked for ${names.join(', ')}). Install Python ${atLeast} or newer.`
      : `'${given}' is no Python interpreter that runs here. Give the path of Python ${atLeast} or newer.`,
  );
}

/** Compares dotted versions number by number: `3.9` is older than `3.10`. */
export function olderThan(version: string, atLeast: string): boolean {
  const have = version.split('.').map(Number);
  for (const [i, part] of atLeast.split('.').entries()) {
    const difference = (have[i] ?? 0) - Number(part);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
