import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@sluice/host';
import { type PythonEnvironment, pythonEnvironment, run, which } from '@sluice/process';
import { requirementLines, withTools } from './requirements.ts';

interface Wanted {
  readonly requirements: string | undefined;
  readonly python: string | undefined;
  readonly tools: readonly string[];
  readonly cache: boolean;
}

/**
 * The Python environment with the user's requirements and the tools. It is kept by the digest of its requirements on
 * this machine, and in the host's cache for the next one.
 */
export async function codeEnvironment(
  { requirements, python, tools, cache }: Wanted,
  host: Host,
): Promise<PythonEnvironment> {
  const asked = requirements === undefined ? [] : await requirementLines(requirements, host.workspace);
  const lines = withTools(asked, tools);
  const text = `${lines.join('\n')}\n`;
  const file = join(host.temp, 'requirements.txt');
  await writeFile(file, text);
  const cacheDir = cache ? join(host.cacheDir, 'lint-and-unit') : host.temp;
  const key = `sluice-lint-and-unit-${process.platform}-${process.arch}-${createHash('sha256')
    .update(JSON.stringify([text, await interpreter(python ?? 'python3', host), cacheDir]))
    .digest('hex')
    .slice(0, 32)}`;
  const kept = [join(cacheDir, 'python')];
  const restored = cache && (await host.cache.restore(key, kept));
  if (restored) host.log.info('the Python environment was brought back from the cache');
  const environment = await pythonEnvironment({
    name: 'code checks',
    requirements: file,
    python,
    cacheDir,
    env: host.env,
    log: (line) => host.log.info(line),
    signal: host.signal,
  });
  if (cache && !restored) await host.cache.save(key, kept);
  return environment;
}

/** What tells one interpreter from another, so that the host's cache is not asked for an environment that another one made. */
async function interpreter(name: string, host: Host): Promise<string[]> {
  const path = await which(name, host.env);
  // pythonEnvironment says what to do where there is none
  if (path === undefined) return [name];
  const { stdout } = await run([path, '-VV'], { env: host.env, signal: host.signal });
  return [path, stdout.trim()];
}
