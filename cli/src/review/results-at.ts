import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type RunId, runId, UserError } from '@sluice/contract';
import { type ReadOptions, type Results, readNormalForm, readResults } from '@sluice/evaluation';
import { keys, listResults, openStore } from '@sluice/store';
import type { Scene } from '../scene.ts';

/** Results by a file or folder, or by the run that an eval-gate judged them in. */
export async function resultsAt(
  option: string,
  reference: string,
  options: ReadOptions,
  scene: Scene,
): Promise<Results> {
  const path = resolve(scene.cwd, reference);
  const there = await access(path.replace(/#[^#]*$/, '')).then(
    () => true,
    () => false,
  );
  const run = there ? undefined : asRun(reference);
  const results = run ? await fromStore(option, run, scene) : await readResults(path, options);
  return { ...results, source: reference };
}

function asRun(text: string): RunId | undefined {
  try {
    return runId.parse(text);
  } catch {
    return undefined;
  }
}

async function fromStore(option: string, run: RunId, { env, cwd }: Scene): Promise<Results> {
  const store = await openStore({ trackingUri: env.MLFLOW_TRACKING_URI, workspace: cwd, env });
  const kept = await listResults(store, run);
  const only = kept[0];
  if (only === undefined || kept.length > 1)
    throw new UserError(
      `--${option}: '${run}' is no file here, and the store holds ${kept.length} sets of results of such a run; give a file or folder`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'sluice-review-'));
  try {
    const file = join(folder, 'results.jsonl.gz');
    await store.getFile(keys.results(run, only), file);
    return await readNormalForm(file, only);
  } finally {
    await rm(folder, { recursive: true });
  }
}
