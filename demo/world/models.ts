import { join } from 'node:path';
import { type PythonEnvironment, pythonEnvironment } from '@sluice/process';
import { programs, type TinyModel, tinyModel } from '../../test/training/setup.ts';
import type { Screen } from '../show/screen.ts';

export interface Models extends TinyModel {
  readonly python: PythonEnvironment;
}

/** The Python packages and the tiny base model; both are made on first use, then taken from the cache. */
export async function models(screen: Screen, signal: AbortSignal): Promise<Models> {
  const python = await screen.during(
    'Python packages',
    (step) =>
      pythonEnvironment({
        name: 'models',
        requirements: join(programs, 'requirements', 'model.txt'),
        log: (line) =>
          /^Making /.test(line) ? screen.say(`${line}; PyTorch is large: some minutes`) : step.now(line),
        signal,
      }),
    ({ locked }) => `${locked.length} packages: PyTorch, Transformers, PEFT, lm-eval`,
  );
  const tiny = await screen.during(
    'tiny base model',
    (step) => {
      step.now('a Qwen2 of 0.6 million parameters, trained here; about half a minute the first time');
      return tinyModel(python);
    },
    () => 'a Qwen2 of 0.6 million parameters that knows no capital',
  );
  return { ...tiny, python };
}
