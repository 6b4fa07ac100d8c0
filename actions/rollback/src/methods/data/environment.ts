import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PythonEnvironment, pythonEnvironment } from '@sluice/process';

/** What DVC needs beside itself, by the scheme of a remote. */
const EXTRAS: Readonly<Record<string, string>> = {
  s3: 's3',
  gs: 'gs',
  azure: 'azure',
  ssh: 'ssh',
  webdav: 'webdav',
  webdavs: 'webdav',
  oss: 'oss',
  gdrive: 'gdrive',
  hdfs: 'hdfs',
};

/** The requirement for the remotes that a DVC configuration names. */
export function requirementFor(config: string): string {
  const schemes = [...config.matchAll(/^\s*url\s*=\s*([a-z0-9]+):\/\//gim)].map(
    (m) => m[1]?.toLowerCase() ?? '',
  );
  const extras = [...new Set(schemes.flatMap((scheme) => EXTRAS[scheme] ?? []))].sort();
  return `dvc${extras.length > 0 ? `[${extras.join(',')}]` : ''}==3.67.*`;
}

/** DVC in a Python environment of its own, made once and cached. */
export async function dvcEnvironment(
  folder: string,
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly cacheDir: string;
    readonly signal: AbortSignal;
    readonly log: (line: string) => void;
  },
): Promise<PythonEnvironment> {
  const read = (name: string) => readFile(join(folder, '.dvc', name), 'utf8').catch(() => '');
  const config = `${await read('config')}\n${await read('config.local')}`;
  return pythonEnvironment({ name: 'DVC', requirements: [requirementFor(config)], ...options });
}
