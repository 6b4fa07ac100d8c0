import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ProgramError, UserError } from '@sluice/contract';
import { run } from '../run.ts';
import type { PythonEnvironment } from './environment.ts';

export interface PythonProgram {
  readonly environment: PythonEnvironment;
  /** Path of the program; it takes `--config <file>` and `--result <file>`. */
  readonly program: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** A folder of this step alone, for both files. */
  readonly folder: string;
  /** What it does, as the subject of a sentence, e.g. `The training`. */
  readonly name: string;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal: AbortSignal;
}

/** How many of a failed program's last lines are told. */
const toldLines = 25;

/**
 * Runs a Python program that reads its configuration from a file and writes its result into one; returns the
 * result's text. A line `{"event": "invalid", "message": …}` and status 2 say that the user can mend it.
 * @throws UserError what the program found invalid; ProgramError with its last lines when it failed
 */
export async function pythonProgram(options: PythonProgram): Promise<string> {
  const { environment, signal } = options;
  const stem = join(options.folder, basename(options.program, '.py'));
  const [config, result] = [`${stem}.config.json`, `${stem}.result.json`];
  await writeFile(config, JSON.stringify(options.config));
  let invalid: string | undefined;
  const ended = await run([environment.python, options.program, '--config', config, '--result', result], {
    env: { ...environment.env, PYTHONUNBUFFERED: '1', PYTHONHASHSEED: '0' },
    cwd: options.folder,
    signal,
    capture: false,
    tailLines: 200,
    onLine: (line, stream) => {
      if (stream === 'stdout') invalid ??= invalidMessage(line);
      options.onLine?.(line);
    },
  });
  signal.throwIfAborted();
  if (ended.code === 2 && invalid !== undefined) throw new UserError(invalid);
  if (ended.code !== 0)
    throw new ProgramError(`${options.name} failed (${status(ended)}). Its last lines:\n${told(ended.tail)}`);
  return readFile(result, 'utf8');
}

function invalidMessage(line: string): string | undefined {
  if (!line.startsWith('{"event": "invalid"')) return undefined;
  return (JSON.parse(line) as { message: string }).message;
}

function status({ code, signal }: { code: number | null; signal: string | null }): string {
  // the system's own answer to too little memory
  if (signal === 'SIGKILL') return 'killed, perhaps for its use of memory';
  return signal === null ? `status ${code}` : `ended by ${signal}`;
}

/** The last lines without the progress that went before. */
function told(tail: readonly string[]): string {
  const lines = tail.filter((line) => line.trim() !== '' && !line.startsWith('{"event":'));
  return lines.slice(-toldLines).join('\n') || 'It said nothing.';
}
