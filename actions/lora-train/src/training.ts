import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peftTraining, readEvent, readTrainingResult, type TrainingResult } from '@sluice/engines';
import type { Host } from '@sluice/host';
import { type PythonEnvironment, pythonProgram } from '@sluice/process';
import type { LossCurve } from './loss-curve.ts';
import type { Sources } from './sources.ts';

/** Trains; the adapter lies in `outputDir` afterwards, whole. Checkpoints stay in `stateDir` until it has succeeded. */
export async function train(
  sources: Sources,
  environment: PythonEnvironment,
  folders: { readonly outputDir: string; readonly stateDir: string; readonly resume: boolean },
  curve: LossCurve,
  host: Host,
): Promise<TrainingResult> {
  const { program, config } = peftTraining({ ...jobOf(sources), ...folders });
  const folder = join(host.temp, 'training');
  await mkdir(folder, { recursive: true });
  const result = await pythonProgram({
    environment,
    program: join(host.programs, program),
    config,
    folder,
    name: 'The training',
    signal: host.signal,
    onLine: (line) => tell(line, curve, host),
  });
  await rm(folders.stateDir, { recursive: true, force: true });
  return readTrainingResult(result);
}

const jobOf = ({ baseModel, baseModelDigest, dataset, options }: Sources) => ({
  baseModel,
  baseModelDigest,
  dataset,
  options,
});

function tell(line: string, curve: LossCurve, host: Host): void {
  const event = readEvent(line);
  if (event?.event === 'started') {
    const from = event.resumedFrom === null ? '' : `, going on from step ${event.resumedFrom}`;
    host.log.info(
      `${event.steps} steps on ${event.examples} conversations, ${event.trainableParameters} trainable parameters, ${event.precision} on ${event.device}${from}`,
    );
  } else if (event?.event === 'step') {
    curve.add(event);
    host.log.progress(`step ${event.step} of ${event.of}: loss ${event.loss.toPrecision(4)}`);
  } else if (event?.event === 'dropped') {
    const lines = event.lines.join(', ') + (event.count > event.lines.length ? ', …' : '');
    host.log.warn(
      `${event.count} conversations were left out: max-length ${event.maxLength} leaves no answer in them (lines ${lines}).`,
    );
  } else if (event === undefined) host.log.debug(line);
}
