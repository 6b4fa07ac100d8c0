import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '@sluice/process';
import { withLock } from '@sluice/store';

export interface SystemPackage {
  /** Name of the program, e.g. `haproxy`. */
  readonly program: string;
  /** The Debian package that holds it. */
  readonly debian: string;
  /** What a user does where this cannot. */
  readonly otherwise: string;
}

/** Path of an installed program, or undefined. Debian puts servers where not every user's PATH looks. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/**
 * A program of the system, installed through apt where it is missing and this user is root. `say` is told before anything
 * is installed. One at a time: a program lies there before the package it needs is set up, and who finds it then fails.
 */
export function installSystemPackage(wanted: SystemPackage, say: (text: string) => void): Promise<string> {
  return withLock(join(cacheFolder(), 'tools', 'apt.lock'), () => findOrInstall(wanted, say), {
    wait: 900_000,
  });
}

async function findOrInstall(
  { program, debian, otherwise }: SystemPackage,
  say: (text: string) => void,
): Promise<string> {
  const found = findProgram(program);
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`${program} is missing. ${otherwise}`);
  say(`${program} is missing: installing it with apt-get`);
  // whoever else installs something on this machine
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', debian];
  const ended = await aptGet(install);
  if (!findProgram(program)) {
    await aptGet(['-o', 'DPkg::Lock::Timeout=300', 'update']);
    await aptGet(install);
  }
  const installed = findProgram(program);
  if (!installed) throw new Error(`apt-get could not install ${debian} (exit ${ended}). ${otherwise}`);
  return installed;
}

function aptGet(args: readonly string[]): Promise<number | null> {
  // a package that was just installed would start a service of its own
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return new Promise((resolve, reject) => {
    spawn('apt-get', args, { env, stdio: 'ignore' }).on('error', reject).on('exit', resolve);
  });
}
