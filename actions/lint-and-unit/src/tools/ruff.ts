import { join, relative } from 'node:path';
import { UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type PythonEnvironment, run } from '@sluice/process';
import type { Finding } from '../finding.ts';

/** Runs `ruff check` on the paths. It changes no file, whatever its configuration says. @throws UserError where ruff itself cannot work. */
export async function ruff(
  paths: readonly string[],
  environment: PythonEnvironment,
  host: Host,
): Promise<Finding[]> {
  const argv = [
    join(environment.bin, 'ruff'),
    'check',
    '--output-format',
    'json',
    '--no-fix',
    '--cache-dir',
    join(host.temp, 'ruff'),
    '--',
    ...paths,
  ];
  const result = await run(argv, { cwd: host.workspace, env: environment.env, signal: host.signal });
  host.signal.throwIfAborted();
  if (result.code !== 0 && result.code !== 1)
    throw new UserError(
      `lint: ruff could not check ${paths.join(', ')} (exit ${result.code}):\n${result.stderr.trim()}`,
    );
  return readRuff(result.stdout, host.workspace);
}

interface RuffEntry {
  /** Null for syntax errors in older versions. */
  readonly code: string | null;
  readonly message: string;
  readonly filename: string;
  readonly location: { readonly row: number; readonly column: number } | null;
  readonly end_location: { readonly row: number } | null;
}

/** Reads ruff's JSON; file names are made relative to the workspace. */
export function readRuff(json: string, workspace: string): Finding[] {
  return (JSON.parse(json) as RuffEntry[]).map((entry) => ({
    tool: 'ruff',
    rule: entry.code ?? 'invalid-syntax',
    message: entry.message,
    file: relative(workspace, entry.filename),
    line: entry.location?.row ?? 1,
    ...(entry.location ? { column: entry.location.column } : {}),
    ...(entry.end_location ? { endLine: entry.end_location.row } : {}),
  }));
}
