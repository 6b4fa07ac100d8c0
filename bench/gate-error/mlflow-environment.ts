import { access, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SystemError } from '@sluice/contract';
import { cacheFolder, type PythonEnvironment, pythonEnvironment, run } from '@sluice/process';

const VERSION = '3.18.0';

/**
 * An environment with the MLflow that has `compare_evaluations`. Not every index has the `mlflow-skinny` that its metadata asks for, and
 * its own wheel holds all of the code: the release before brings the dependencies, and the wheel alone lies before it on the path.
 */
export async function withMlflow(log: (line: string) => void): Promise<PythonEnvironment> {
  const environment = await pythonEnvironment({
    name: 'gate-error mlflow',
    requirements: ['mlflow==3.17.2', 'pip'],
    log,
  });
  const folder = join(cacheFolder(), 'gate-error', `mlflow-${VERSION}`);
  if (
    !(await access(folder).then(
      () => true,
      () => false,
    ))
  ) {
    const half = `${folder}.${process.pid}`;
    await mkdir(half, { recursive: true });
    const argv = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', half, `mlflow==${VERSION}`];
    const result = await run([environment.python, ...argv], { env: environment.env });
    if (result.code !== 0) {
      await rm(half, { recursive: true, force: true });
      throw new SystemError(`MLflow ${VERSION} could not be fetched.\n${result.tail.join('\n')}`);
    }
    await rename(half, folder);
  }
  const path = [folder, environment.env.PYTHONPATH].filter(Boolean).join(delimiter);
  return { ...environment, env: { ...environment.env, PYTHONPATH: path } };
}
