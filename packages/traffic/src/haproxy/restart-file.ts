import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';

/** What HAProxy reads, as a second `-f`, to know the weight that holds after a restart. */
export function restartFile(variable: string, points: number, saltName: string, salt: string): string {
  return [
    '# Written by Sluice when a rollout ends. Read by HAProxy at its start, after its own configuration.',
    'global',
    `  set-var ${variable} int(${points})`,
    `  set-var ${saltName} str(${salt})`,
    '',
  ].join('\n');
}

/** Writes it whole or not at all. @throws UserError where the folder is missing or may not be written */
export async function writeRestartFile(
  path: string,
  variable: string,
  points: number,
  saltName: string,
  salt: string,
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await writeFile(part, restartFile(variable, points, saltName, salt), { mode: 0o644 });
    await rename(part, path);
  } catch (error) {
    throw new UserError(
      `The weight after a restart cannot be written to ${path}: ${messageOf(error)}. Make ${dirname(path)} writable for this user, or take file= out of the target.`,
    );
  }
}
