import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { ProgramError, UserError } from '@sluice/contract';
import { run } from '@sluice/process';
import { namedBy } from '@sluice/record';
import { CommitFiles } from './data/commit-files.ts';
import { digestsOf } from './data/digests.ts';
import { dvcEnvironment } from './data/environment.ts';
import { type Pointer, tracked } from './data/pointers.ts';
import { beginRestoring, endRestoring } from './data/saved.ts';
import type { Following, Method } from './method.ts';

/**
 * Restores the data and model files of the restored version: its `.dvc` files at their commit, then what they name, from DVC's remote.
 * Every file's digest is computed anew. What nobody has saved is never overwritten.
 */
export const dvc: Method = async (following) => {
  const { inputs, host, pretend } = following;
  const folder = resolve(host.workspace, inputs['dvc-folder']);
  if (!(await stat(join(folder, '.dvc')).catch(() => undefined))?.isDirectory())
    throw new UserError(`${folder} holds no .dvc: check the repository out first, or pass dvc-folder`);
  const { commit: wanted, dataVersion } = namedOf(following);
  const files = new CommitFiles(folder, { ...host.env }, host.signal);
  const commit = await files.have(wanted);
  const pointers = await pointersOf(files, commit, inputs['dvc-targets']);
  const short = commit.slice(0, 12);
  const count = pointers.reduce((n, { outs }) => n + outs.length, 0);
  if (pretend) return { ok: true, text: `${count} files and folders of commit ${short} would be restored` };

  await beginRestoring(folder, commit, files, pointers);
  await layDown(folder, pointers);
  const targets = pointers.filter(({ name }) => !name.endsWith('dvc.yaml'));
  await pull(
    folder,
    targets.map(({ name }) => name.replace(/dvc\.lock$/, 'dvc.yaml')),
    following,
  );
  const seen = await check(folder, pointers);
  await endRestoring(folder);
  const data =
    dataVersion !== undefined && seen.has(dataVersion) ? `, the data set ${dataVersion} among them` : '';
  return {
    ok: true,
    text: `${count} files and folders of commit ${short} restored, each with its digest${data}`,
  };
};

function namedOf({ inputs, record, restored }: Following): { commit: string; dataVersion?: string } {
  const named = record && namedBy(record);
  const commit = inputs['dvc-commit'] ?? named?.commit;
  if (commit === undefined)
    throw new UserError(
      `the record of ${restored?.version ?? 'an earlier version'} names no commit that it was trained from: pass dvc-commit`,
    );
  // another commit than the record's has other data
  const same = inputs['dvc-commit'] === undefined || inputs['dvc-commit'] === named?.commit;
  return { commit, ...(same && named?.dataVersion ? { dataVersion: named.dataVersion } : {}) };
}

async function pointersOf(files: CommitFiles, commit: string, only: readonly string[]): Promise<Pointer[]> {
  const names = await files.pointers(commit);
  const missing = only.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new UserError(
      `the commit ${commit.slice(0, 12)} has no ${missing.join(', ')}; it has ${names.join(', ') || 'no .dvc file'}`,
    );
  const chosen = only.length > 0 ? only : names;
  if (chosen.length === 0) throw new UserError(`the commit ${commit.slice(0, 12)} keeps nothing with DVC`);
  return Promise.all(
    chosen.map(async (name) => {
      const text = await files.read(commit, name);
      return { name, text, outs: name.endsWith('dvc.yaml') ? [] : tracked(text, name) };
    }),
  );
}

/** Puts the `.dvc` files of the commit into the checkout, each whole or not at all. */
async function layDown(folder: string, pointers: readonly Pointer[]): Promise<void> {
  for (const { name, text } of pointers) {
    const path = join(folder, name);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  }
}

async function pull(folder: string, targets: readonly string[], { host }: Following): Promise<void> {
  const { env, cacheDir, signal, log } = host;
  const environment = await dvcEnvironment(folder, { env: { ...env }, cacheDir, signal, log: log.info });
  const result = await run([environment.python, '-m', 'dvc', 'pull', '--force', ...targets], {
    cwd: folder,
    env: { ...env, ...environment.env, DVC_NO_ANALYTICS: '1', PYTHONUNBUFFERED: '1' },
    signal,
    onLine: log.debug,
  });
  signal.throwIfAborted();
  if (result.code === 0) return;
  const said = result.tail
    .filter((line) => line.trim() !== '')
    .slice(-4)
    .join('; ');
  throw new ProgramError(`dvc pull in ${folder} failed: ${said || `status ${result.code}`}`);
}

/** Computes every digest anew; gives the SHA-256 of the files that were seen. */
async function check(folder: string, pointers: readonly Pointer[]): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const { name, outs } of pointers)
    for (const out of outs) {
      const path = join(folder, dirname(name), out.path);
      const found = await digestsOf(path, out).catch(() => undefined);
      if (found?.sha256) seen.add(found.sha256);
      if (found?.md5 !== out.md5)
        wrong.push(`${relative(folder, path)} has ${found?.md5 ?? 'nothing there'}, not ${out.md5}`);
    }
  if (wrong.length > 0)
    throw new UserError(`restored files differ from their commit (MD5): ${wrong.slice(0, 5).join('; ')}`);
  return seen;
}
