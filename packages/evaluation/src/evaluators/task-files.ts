import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Digest, digest, UserError } from '@sluice/contract';
import type { EvaluatorConfig } from './config.ts';
import { lmEvalData } from './lm-eval-data.ts';
import type { TaskData } from './task-data.ts';

/** The files that an evaluation reads beside the model. */
export interface TaskFiles {
  /** Sorted by name: relative to the workspace where they lie in it. */
  readonly files: readonly { readonly name: string; readonly digest: Digest }[];
  /** Why that is not all that the evaluation reads; null where it is. */
  readonly unseen: string | null;
}

/** Files of one evaluation, at most. */
const MOST_FILES = 10_000;
const SKIPPED = new Set(['__pycache__', '.git', 'node_modules']);

/**
 * The digests of everything that the tasks are made of: task files, data, and what `cache: {files: […]}` names, which also answers
 * for what cannot be seen (data sets of a hub, what a user's program reads).
 */
export async function taskFiles(
  evaluator: 'lm-eval' | 'evalscope' | 'command',
  config: EvaluatorConfig,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TaskFiles> {
  const named = typeof config.cache === 'object' ? (config.cache.files ?? []) : [];
  const data = await dataOf(evaluator, config, workspace, env);
  for (const name of named) {
    if (!(await stat(resolve(workspace, name)).catch(() => null)))
      throw new UserError(`config: cache names the file ${name}, which does not exist in ${workspace}`);
  }
  const paths = [...data.paths, ...named.map((name) => resolve(workspace, name))];
  const found = new Map<string, Digest>();
  for (const path of [...new Set(paths)]) {
    for (const file of await filesAt(path)) {
      if (found.size >= MOST_FILES)
        return { files: [], unseen: `the task's folders hold more than ${MOST_FILES} files` };
      found.set(relative(workspace, file), await digestOfFile(file));
    }
  }
  const files = [...found].map(([name, of]) => ({ name, digest: of }));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, unseen: named.length > 0 ? null : data.unseen };
}

async function dataOf(
  evaluator: 'lm-eval' | 'evalscope' | 'command',
  config: EvaluatorConfig,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TaskData> {
  if (evaluator === 'lm-eval') return lmEvalData(config, workspace, env);
  if (evaluator === 'evalscope') return evalScopeData(config, workspace);
  return { paths: [], unseen: 'the files that the command reads are not known' };
}

/** EvalScope's data lie where `local_path` says, else at a hub. */
async function evalScopeData(config: EvaluatorConfig, workspace: string): Promise<TaskData> {
  const paths: string[] = [];
  const hub: string[] = [];
  for (const task of config.tasks ?? []) {
    const args = config['dataset-args']?.[task] as { local_path?: unknown } | undefined;
    const local = config['dataset-args'] ? args?.local_path : config['include-path'];
    const path = typeof local === 'string' ? resolve(workspace, local) : null;
    if (path !== null && (await stat(path).catch(() => null))) paths.push(path);
    else hub.push(task);
  }
  return {
    paths,
    unseen: hub.length > 0 ? `the data of ${hub.join(', ')} lie at a hub, which may change them` : null,
  };
}

async function filesAt(path: string): Promise<string[]> {
  const there = await stat(path).catch(() => null);
  if (!there) return [];
  if (there.isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const nested = await Promise.all(
    entries.filter((entry) => !SKIPPED.has(entry.name)).map((entry) => filesAt(join(path, entry.name))),
  );
  return nested.flat();
}

async function digestOfFile(path: string): Promise<Digest> {
  const sha = createHash('sha256');
  for await (const part of createReadStream(path)) sha.update(part as Buffer);
  return digest.parse(`sha256:${sha.digest('hex')}`);
}
