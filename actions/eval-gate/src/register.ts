import { type Digest, UserError, type Version, version } from '@sluice/contract';
import type { ModelVersion } from '@sluice/tracking';
import type { Context } from './context.ts';
import { RESULTS_TAG } from './results-tag.ts';

/** The tag of a registered version that holds its name, `<name>-v<semver>`. */
export const VERSION_TAG = 'sluice.version';

export interface Registered {
  readonly version: Version;
  readonly registryVersion: string;
}

/** Makes the approved candidate a version of the registered model and lets the alias name it. */
export async function register(context: Context, run: string, results: Digest): Promise<Registered> {
  const { inputs, tracker, host } = context;
  const name = inputs.register as string;
  const { registry } = tracker;
  const before = await registry.versions(name);
  // the same results of the same run are the same version, however often the step is repeated
  const same = before.find((v) => v.runId === run && v.tags[RESULTS_TAG] === results);
  const wanted = inputs.version ?? parsed(same?.tags[VERSION_TAG]) ?? nextVersion(name, before);
  requireName(name, wanted);
  await registry.ensureModel(name);
  const made = await registry.createVersion({
    name,
    source: sourceOf(context, run),
    runId: run,
    tags: { [VERSION_TAG]: version.format(wanted), [RESULTS_TAG]: results, ...digests(context) },
  });
  const { previous } = await registry.setAlias(name, inputs.alias, made.version);
  host.log.info(
    `${name}@${inputs.alias} is version ${made.version} (${version.format(wanted)})${previous ? `; it was ${previous}` : ''}`,
  );
  return { version: wanted, registryVersion: made.version };
}

/** The next minor version after the highest that is registered; 1.0.0 for the first. */
export function nextVersion(name: string, before: readonly Pick<ModelVersion, 'tags'>[]): Version {
  const numbers = before.flatMap(({ tags }) => {
    const found = parsed(tags[VERSION_TAG]);
    return found ? [found.semver.split('.').map(Number) as [number, number, number]] : [];
  });
  const highest = numbers.sort((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])[0];
  return version.parse(`${name}-v${highest ? `${highest[0]}.${highest[1] + 1}.0` : '1.0.0'}`);
}

/** A registered name that no version could be made of must be refused before anything is judged. */
export function checkRegistered({
  register: name,
  version: given,
}: Pick<Context['inputs'], 'register' | 'version'>): void {
  if (name === undefined) return;
  if (parsed(`${name}-v1.0.0`)?.name !== name) {
    throw new UserError(
      `register is '${name}'; a name has lower-case letters, digits, '.', '_' and '-', such as qwen-7b-chat`,
    );
  }
  if (given) requireName(name, given);
}

function requireName(name: string, wanted: Version): void {
  if (wanted.name !== name)
    throw new UserError(
      `version is ${version.format(wanted)}, but register is ${name}; the version of a model starts with its name`,
    );
}

function parsed(text: string | undefined): Version | undefined {
  try {
    return text === undefined ? undefined : version.parse(text);
  } catch {
    return undefined;
  }
}

function sourceOf({ places, identity }: Context, run: string): string {
  const part = identity && 'model' in identity ? places.model : places.adapter;
  return part !== undefined && /^[a-z0-9]+:/i.test(part)
    ? part
    : `runs:/${run}/${identity && 'model' in identity ? 'model' : 'adapter'}`;
}

function digests({ identity }: Context): Record<string, string> {
  if (!identity) return {};
  return 'model' in identity
    ? { 'sluice.model-digest': identity.model }
    : { 'sluice.base-model-digest': identity.baseModel, 'sluice.adapter-digest': identity.adapter };
}
