import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../text/tolerant-json.ts';
import type { EvaluatorConfig } from './config.ts';
import type { TaskData } from './task-data.ts';

/** What `dataset_path` is called where the data are files: loaders of the library `datasets`. */
const LOADERS = new Set(['json', 'csv', 'parquet', 'arrow', 'text', 'pandas', 'xml', 'webdataset']);

interface TaskFile {
  readonly path: string;
  readonly task: JsonObject;
}

/**
 * What lm-eval's tasks read: the folder of their own files, the data files that these name (relative to the workspace, where lm-eval
 * runs, or to the file), and for data sets of the Hugging Face hub the revisions that its cache holds.
 */
export async function lmEvalData(
  config: EvaluatorConfig,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TaskData> {
  const folder = config['include-path'] === undefined ? null : resolve(workspace, config['include-path']);
  const files = folder === null ? [] : await taskFilesIn(folder);
  const own = new Set(
    files.flatMap(({ task }) => [task.task, task.group].filter((n) => typeof n === 'string')),
  );
  const members = files.flatMap(({ task }) => (Array.isArray(task.task) ? task.task : []));
  const asked = [...(config.tasks ?? []), ...members.filter((n) => typeof n === 'string')];
  const hub = asked.filter((task) => !own.has(task));
  const paths = folder === null ? [] : [folder];
  const odd: string[] = [];
  for (const { path, task } of files) {
    // another task of the same folder is not evaluated; one without a name may be a part of any
    if (typeof task.task === 'string' && !asked.includes(task.task)) continue;
    const data = await dataFilesOf(task, [workspace, dirname(path)]);
    paths.push(...data.paths);
    odd.push(...data.missing);
    if (data.hub !== null) hub.push(data.hub);
  }
  const refs = hub.length > 0 ? await hubRevisions(env) : [];
  if (odd.length > 0) return { paths, unseen: `these data files cannot be told apart: ${odd.join(', ')}` };
  return {
    paths: [...paths, ...refs],
    unseen:
      hub.length > 0 && refs.length === 0
        ? `the data of ${hub.join(', ')} lie at a hub, and this machine's cache does not say which revision they are`
        : null,
  };
}

async function taskFilesIn(folder: string): Promise<TaskFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found: TaskFile[] = [];
  for (const name of names.filter((n) => /\.ya?ml$/.test(n)).sort()) {
    const path = join(folder, name);
    // `!function` is a tag that only lm-eval resolves
    const task: unknown = parse(await readFile(path, 'utf8'), { logLevel: 'silent', maxAliasCount: 50 });
    if (isObject(task)) found.push({ path, task });
  }
  return found;
}

interface DataFiles {
  readonly paths: string[];
  /** Names that are no file here, or that hold a pattern. */
  readonly missing: string[];
  /** A data set that is none of files. */
  readonly hub: string | null;
}

async function dataFilesOf(task: JsonObject, folders: readonly string[]): Promise<DataFiles> {
  const kwargs = isObject(task.dataset_kwargs) ? task.dataset_kwargs : {};
  const named = [kwargs.data_files, kwargs.data_dir].flatMap(textsIn);
  const paths: string[] = [];
  const missing: string[] = [];
  for (const name of named) {
    const path = await firstThere(folders.map((folder) => resolve(folder, name)));
    if (path === null) missing.push(name);
    else paths.push(path);
  }
  const { dataset_path: from } = task;
  if (typeof from !== 'string' || LOADERS.has(from)) return { paths, missing, hub: null };
  const local = await firstThere(folders.map((folder) => resolve(folder, from)));
  return local === null ? { paths, missing, hub: from } : { paths: [...paths, local], missing, hub: null };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

async function firstThere(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await stat(path).catch(() => null)) return path;
  return null;
}

/** The files of the hub's cache that say which revision of each data set is there. */
async function hubRevisions(env: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  const hub = env.HF_HUB_CACHE || join(home, 'hub');
  const sets = (await readdir(hub).catch(() => [])).filter((name) => name.startsWith('datasets--'));
  const refs = await Promise.all(
    sets.map(async (name) => {
      const folder = join(hub, name, 'refs');
      return (await stat(folder).catch(() => null)) ? [folder] : [];
    }),
  );
  return refs.flat().sort();
}
