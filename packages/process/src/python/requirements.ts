import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '@sluice/contract';

/** What is asked for, with all that decides it: files that are included are part of it. */
export interface Requirements {
  /** Arguments for `pip install` or `uv pip install`. */
  readonly args: readonly string[];
  /** The folder that relative paths in it start from. */
  readonly folder: string;
  /** Every line that counts, from all files, comments and blank lines left out. */
  readonly lines: readonly string[];
  /** Digests of project files that local requirements (`-e .`) are built from. */
  readonly projects: readonly string[];
}

/** From a list of requirement lines (PEP 508), or a requirements file with what it includes. */
export async function readRequirements(given: readonly string[] | string): Promise<Requirements> {
  if (typeof given !== 'string')
    return {
      args: [...given],
      folder: process.cwd(),
      lines: [...given],
      projects: await projectsOf(given, process.cwd()),
    };
  const file = resolve(given);
  const lines = await linesOf(file, []);
  return {
    args: ['-r', file],
    folder: dirname(file),
    lines,
    projects: await projectsOf(lines, dirname(file)),
  };
}

async function linesOf(file: string, from: readonly string[]): Promise<string[]> {
  if (from.includes(file))
    throw new UserError(`The requirements file '${file}' includes itself: ${[...from, file].join(' -> ')}.`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`Cannot read the requirements file '${file}': ${error.code ?? error.message}.`);
  });
  const lines: string[] = [];
  for (const line of meaningfulLines(text)) {
    const included = /^(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)$/.exec(line)?.[1];
    if (included === undefined) lines.push(line);
    else lines.push(...(await linesOf(resolve(dirname(file), included), [...from, file])));
  }
  return lines;
}

/** The lines of a requirements file without comments, with continued lines joined. */
export function meaningfulLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

async function projectsOf(lines: readonly string[], folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const line of lines) {
    const local = /^(?:(?:-e|--editable)[\s=]+)?(\.{0,2}\/[^\s;[]*|\.{1,2})(?=$|[\s;[])/.exec(line)?.[1];
    if (local === undefined) continue;
    const project = resolve(folder, local);
    for (const name of ['pyproject.toml', 'setup.cfg', 'setup.py']) {
      const bytes = await readFile(join(project, name)).catch(() => undefined);
      if (bytes) found.push(`${project} ${name} ${createHash('sha256').update(bytes).digest('hex')}`);
    }
  }
  return found;
}
