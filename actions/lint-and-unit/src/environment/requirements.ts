import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '@sluice/contract';

/** The tools in the versions that this release of the action was tested with. */
export const TOOLS: Readonly<Record<string, string>> = {
  ruff: '0.17.6',
  mypy: '2.4.1',
  pytest: '9.2.0',
  'pytest-timeout': '2.4.0',
};

/**
 * All lines of a requirements file with what it includes, local paths made absolute (pip takes them from the folder it
 * is called in, which is the workspace for users). A `pyproject.toml` or a folder stands for that project.
 * @throws UserError where a file cannot be read or includes itself.
 */
export async function requirementLines(given: string, workspace: string): Promise<string[]> {
  const path = resolve(workspace, given);
  const stats = await stat(path).catch(() => undefined);
  if (!stats)
    throw new UserError(
      `requirements: there is no '${given}'; give a requirements file or a pyproject.toml of the checkout`,
    );
  if (stats.isDirectory()) return [`-e ${path}`];
  if (basename(path) === 'pyproject.toml') return [`-e ${dirname(path)}`];
  return linesOf(path, workspace, []);
}

async function linesOf(file: string, workspace: string, from: readonly string[]): Promise<string[]> {
  if (from.includes(file))
    throw new UserError(`requirements: ${file} includes itself (${[...from, file].join(' -> ')})`);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UserError(
      `requirements: ${file}${from.length > 0 ? `, included by ${from.at(-1)},` : ''} cannot be read`,
    );
  });
  const lines: string[] = [];
  for (const line of meaningful(text)) {
    const [, option, value] = /^(-r|--requirement|-c|--constraint)[\s=]+(\S+)$/.exec(line) ?? [];
    const named =
      value === undefined || /^[a-z]+:\/\//i.test(value) ? undefined : resolve(dirname(file), value);
    if (named === undefined) lines.push(absolute(line, workspace));
    else if (option?.includes('r') && !option.includes('c'))
      lines.push(...(await linesOf(named, workspace, [...from, file])));
    else lines.push(`-c ${named}`);
  }
  return lines;
}

/** Lines without comments, continued ones joined. */
const meaningful = (text: string): string[] =>
  text
    .replace(/^\ufeff/, '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

function absolute(line: string, workspace: string): string {
  const [, edit = '', path, rest = ''] =
    /^((?:-e|--editable)[\s=]+)?(\.{1,2}(?:\/[^\s;[]*)?)([[\s;].*)?$/.exec(line) ?? [];
  return path === undefined ? line : `${edit === '' ? '' : '-e '}${join(workspace, path)}${rest}`;
}

/** Adds our version of each tool that the user's lines do not name. */
export function withTools(lines: readonly string[], tools: readonly string[]): string[] {
  const named = new Set(
    lines.map((line) =>
      /^[A-Za-z0-9][\w.-]*/
        .exec(line)?.[0]
        .toLowerCase()
        .replace(/[._-]+/g, '-'),
    ),
  );
  return [...lines, ...tools.filter((tool) => !named.has(tool)).map((tool) => `${tool}==${TOOLS[tool]}`)];
}
