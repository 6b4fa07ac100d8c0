import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, readDocument, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type Candidate, type Instance, instanceStart, startSchema } from '@sluice/rollout';
import { objectsOf } from '@sluice/steering';
import type { In } from '../scene.ts';

/** What the input `start` asks for, as the state keeps it; undefined where the new version is there already. */
export async function instanceAsked(
  inputs: In,
  { runId, version, image }: Pick<Candidate, 'runId' | 'version' | 'image'>,
  host: Host,
): Promise<Instance | undefined> {
  if (inputs.start === undefined) return undefined;
  const { text, name } = await host.document(inputs.start, { input: 'start', decides: false });
  const given = readDocument(text, name, startSchema);
  const manifest = 'manifest' in given ? await manifestText(given.manifest, host) : '';
  const instance: Instance = {
    runId,
    version,
    image,
    start: instanceStart(given, { workspace: host.workspace, manifest }),
    keepOldMs: inputs['keep-old'],
    status: 'starting',
    process: null,
  };
  if (manifest !== '' && inputs.router === 'kserve') checkApart(manifest, instance);
  return instance;
}

/** Both versions of an InferenceService lie in one object, which would be taken down, or applied anew, under its users. */
function checkApart(manifest: string, instance: Instance): void {
  if (objectsOf(manifest, instance, 'canary').some(({ kind }) => kind === 'InferenceService'))
    throw new UserError(
      'start: the manifest holds an InferenceService, whose live version lies in the same object. Leave start out, and put the new model into it once the rollout has begun, with canaryTrafficPercent: 0 in the same change.',
    );
}

/** YAML has lines; anything else is the path of a file. */
async function manifestText(given: string, { workspace }: Host): Promise<string> {
  if (given.includes('\n')) return given;
  const path = resolve(workspace, given);
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`start: the manifest ${given} cannot be read (${messageOf(error)})`);
  });
}
