import { type Inputs, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  type Builder,
  builders,
  checkTag,
  fullBaseName,
  type ImageName,
  parseImageName,
  programOf,
} from '@sluice/images';
import { run, which } from '@sluice/process';
import type { definition } from './definition.ts';
import type { Approved } from './proof.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** What is built and where it goes, checked before any byte is moved. */
export interface Plan {
  readonly builder: Builder;
  readonly image: ImageName;
  /** Full names with tags. */
  readonly names: readonly [string, ...string[]];
  readonly baseImage: string;
}

export async function planOf(inputs: In, proof: Approved, host: Host): Promise<Plan> {
  const image = parseImageName(inputs.image);
  const given = inputs.tags && inputs.tags.length > 0 ? inputs.tags : [version.format(proof.version)];
  const names = given.map((tag) => `${inputs.image}:${checkTag(tag)}`) as [string, ...string[]];
  for (const arg of inputs['build-args'] ?? []) {
    if (!/^[A-Za-z_]\w*=/.test(arg))
      throw new UserError(`build-args has '${arg}'; allowed: KEY=value, one each`);
  }
  if (inputs.cache !== undefined) parseImageName(inputs.cache, 'cache');
  const builder = await chooseBuilder(inputs.builder, host);
  return { builder, image, names, baseImage: fullBaseName(inputs['base-image']) };
}

async function chooseBuilder(asked: In['builder'], host: Host): Promise<Builder> {
  const candidates = asked === 'auto' ? builders : [asked];
  for (const builder of candidates) if (await isThere(builder, asked === 'auto', host)) return builder;
  throw new UserError(
    asked === 'auto'
      ? 'no program that builds images is here; install buildah (no daemon needed), or Docker with buildx'
      : `builder is ${asked}, but ${asked === 'buildx' ? 'docker buildx' : asked} is not here; install it, or let builder be auto`,
  );
}

async function isThere(builder: Builder, engineToo: boolean, host: Host): Promise<boolean> {
  const program = await which(programOf(builder), host.env);
  if (!program || builder !== 'buildx') return program !== undefined;
  const works = async (...args: string[]) =>
    (await run([program, ...args], { env: host.env, signal: host.signal, timeoutMs: 20_000 })).code === 0;
  // the client alone builds nothing: its plugin must be there, and where another builder could do it, its engine must answer
  return (await works('buildx', 'version')) && (!engineToo || (await works('info')));
}
