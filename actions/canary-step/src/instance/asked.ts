import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, readDocument, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type Candidate, type Instance, instanceStart, startSchema } from '@sluice/rollout';
import { objectsOf } from '@sluice/steering';
import type { Router } from '@sluice/traffic';
import type { Scene } from '../scene.ts';

/** What the input `start` asks for, as the state keeps it; undefined where the new version is there already. */
export async function instanceAsked(
  { inputs, host, router }: Scene,
  { runId, version, image }: Pick<Candidate, 'runId' | 'version' | 'image'>,
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
  if (manifest !== '') checkApart(manifest, instance, router);
  return instance;
}

/** An object that both versions lie in would be taken down, or applied anew, under its users. */
function checkApart(manifest: string, instance: Instance, router: Router): void {
  if (!router.unfit) return;
  for (const { kind } of objectsOf(manifest, instance, 'canary')) {
    const why = router.unfit(kind);
    if (why !== undefined) throw new UserError(`start: the manifest holds the kind ${kind}, ${why}.`);
  }
}

/** YAML has lines; anything else is the path of a file. */
async function manifestText(given: string, { workspace }: Host): Promise<string> {
  if (given.includes('\n')) return given;
  const path = resolve(workspace, given);
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`start: the manifest ${given} cannot be read (${messageOf(error)})`);
  });
}
