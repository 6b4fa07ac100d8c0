import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, readDocument, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type Candidate, type Instance, instanceStart, startSchema } from '@sluice/rollout';
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
  return {
    runId,
    version,
    image,
    start: instanceStart(given, { workspace: host.workspace, manifest }),
    keepOldMs: inputs['keep-old'],
    status: 'starting',
    process: null,
  };
}

/** YAML has lines; anything else is the path of a file. */
async function manifestText(given: string, { workspace }: Host): Promise<string> {
  if (given.includes('\n')) return given;
  const path = resolve(workspace, given);
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`start: the manifest ${given} cannot be read (${messageOf(error)})`);
  });
}
