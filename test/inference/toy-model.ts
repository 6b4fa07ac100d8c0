import { createHash } from 'node:crypto';
import { access, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, type PythonEnvironment, pythonEnvironment, run } from '@sluice/process';

const root = join(import.meta.dirname, '../..');
const maker = join(root, 'demo/tiny-model');

/** The Python environment of everything that touches a model. */
export const modelEnvironment = (): Promise<PythonEnvironment> =>
  pythonEnvironment({
    name: 'models',
    requirements: join(root, 'packages/engines/python/requirements/model.txt'),
  });

/** Folder of a toy model that is only little trained: it answers, wrongly. Made once for a version of its program. */
export async function toyModel(env: PythonEnvironment): Promise<string> {
  const sources = await Promise.all(['make.py', 'corpus.py'].map((name) => readFile(join(maker, name))));
  const digest = sources.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest('hex');
  const folder = join(cacheFolder(process.env), 'toy-models', `untrained-${digest.slice(0, 16)}`);
  const base = join(folder, 'base');
  if (
    await access(join(base, 'model.safetensors')).then(
      () => true,
      () => false,
    )
  )
    return base;
  const fresh = `${folder}.${process.pid}`;
  const made = await run([env.python, join(maker, 'make.py'), '--out', fresh, '--steps', '40'], {
    env: env.env,
    timeoutMs: 300_000,
  });
  if (made.code !== 0) throw new Error(`the toy model could not be made:\n${made.tail.join('\n')}`);
  // another test may have been faster: its model is as good
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  return base;
}
