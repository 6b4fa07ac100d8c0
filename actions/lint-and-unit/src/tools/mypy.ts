import { createHash } from 'node:crypto';
import { isAbsolute, join, relative } from 'node:path';
import { UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type PythonEnvironment, run } from '@sluice/process';
import type { Finding } from '../finding.ts';

/** Runs mypy on the paths. @throws UserError where mypy itself cannot work. */
export async function mypy(
  paths: readonly string[],
  environment: PythonEnvironment,
  { cache }: { readonly cache: boolean },
  host: Host,
): Promise<Finding[]> {
  // mypy files its cache by the names of modules, which two projects may share
  const project = createHash('sha256').update(host.workspace).digest('hex').slice(0, 12);
  const cacheDir = cache ? join(host.cacheDir, 'lint-and-unit', 'mypy', project) : join(host.temp, 'mypy');
  const call = (...options: string[]) =>
    run(
      [
        join(environment.bin, 'mypy'),
        ...options,
        '--cache-dir',
        cacheDir,
        '--no-error-summary',
        '--show-column-numbers',
        '--',
        ...paths,
      ],
      {
        cwd: host.workspace,
        env: environment.env,
        signal: host.signal,
      },
    );
  let result = await call('--output', 'json');
  // versions before 1.11 know only text
  if (result.code === 2 && /unrecognized arguments: --output/.test(result.stderr))
    result = await call('--no-pretty');
  host.signal.throwIfAborted();
  const findings = readMypy(result.stdout, host.workspace);
  if (result.code !== 0 && findings.length === 0)
    throw new UserError(
      `types: mypy could not check ${paths.join(', ')} (exit ${result.code ?? result.signal}):\n${result.tail.join('\n')}`,
    );
  return findings;
}

interface MypyEntry {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | null;
  readonly code: string | null;
  readonly severity: string;
}

/** Reads mypy's errors, one JSON object or one line of text each; notes belong to the error before them and are left out. */
export function readMypy(output: string, workspace: string): Finding[] {
  return output.split('\n').flatMap((line) => {
    const entry = line.startsWith('{') ? (JSON.parse(line) as MypyEntry) : textEntry(line);
    if (entry?.severity !== 'error') return [];
    return [
      {
        tool: 'mypy' as const,
        rule: entry.code ?? 'error',
        message: entry.hint ? `${entry.message} (${entry.hint})` : entry.message,
        file: isAbsolute(entry.file) ? relative(workspace, entry.file) : entry.file,
        line: Math.max(1, entry.line),
        // counted from 0; -1 where mypy does not know
        ...(entry.column >= 0 ? { column: entry.column + 1 } : {}),
      },
    ];
  });
}

function textEntry(line: string): MypyEntry | undefined {
  const [, file, row, column, severity, message, code] =
    /^(.+?):(\d+)(?::(\d+))?: (error|note|warning): (.*?)(?: {2}\[([\w-]+)\])?$/.exec(line) ?? [];
  if (file === undefined || severity === undefined || message === undefined) return undefined;
  return {
    file,
    line: Number(row),
    column: Number(column ?? 0) - 1,
    message,
    hint: null,
    code: code ?? null,
    severity,
  };
}
