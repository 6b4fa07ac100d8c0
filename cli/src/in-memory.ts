import type { Env } from '@sluice/host';
import { main } from './main.ts';

/** One call of the command line in `cwd`, with what it printed. For tests: no terminal, and no environment but the one given. */
export async function inMemory(argv: readonly string[], cwd: string, env: Env = {}) {
  let stdout = '';
  let stderr = '';
  const exit = await main([...argv], {
    programs: '/programs',
    env,
    cwd,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { exit, stdout, stderr };
}
