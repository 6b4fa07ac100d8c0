import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Inputs, messageOf, ProgramError, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  type Builder,
  buildCommands,
  builders,
  type Credentials,
  checkTag,
  credentialsFor,
  type ImageName,
  type PushedImage,
  parseImageName,
  programOf,
  readBack,
} from '@sluice/images';
import { run, which } from '@sluice/process';
import { describeIdentity } from '@sluice/record';
import type { Context } from './context.ts';
import type { definition } from './definition.ts';
import type { Approved } from './proof.ts';

type In = Inputs<(typeof definition)['inputs']>;

export interface Built {
  /** Name with its first tag. */
  readonly name: string;
  /** As the registry has it; undefined where it was not pushed. */
  readonly pushed: PushedImage | undefined;
}

/** Builds, pushes where asked, and reads back what the registry holds. */
export async function build(inputs: In, proof: Approved, context: Context, host: Host): Promise<Built> {
  const image = parseImageName(inputs.image);
  const tags = (inputs.tags && inputs.tags.length > 0 ? inputs.tags : [version.format(proof.version)]).map(
    checkTag,
  );
  const builder = await chooseBuilder(inputs.builder, host);
  const authFile = inputs['registry-auth-file'] && resolve(host.workspace, inputs['registry-auth-file']);
  const commands = buildCommands(builder, {
    context: context.folder,
    names: tags.map((tag) => `${inputs.image}:${tag}`),
    labels: labelsOf(proof),
    buildArgs: inputs['build-args'] ?? [],
    push: inputs.push,
    tlsVerify: inputs['tls-verify'],
    ...(authFile ? { authFile } : {}),
  });
  for (const argv of commands) await step(argv, host);
  const [tag] = tags as [string, ...string[]];
  const pushed = inputs.push
    ? await readBack(image, tag, await access(inputs, image, authFile, host))
    : undefined;
  return { name: `${inputs.image}:${tag}`, pushed };
}

async function chooseBuilder(asked: In['builder'], host: Host): Promise<Builder> {
  const candidates = asked === 'auto' ? builders : [asked];
  for (const builder of candidates) {
    const program = await which(programOf(builder), host.env);
    // the client alone builds nothing: its engine must answer
    if (
      program &&
      (builder !== 'buildx' ||
        asked === 'buildx' ||
        (await run([program, 'info'], { signal: host.signal, timeoutMs: 20_000 })).code === 0)
    )
      return builder;
  }
  throw new UserError(
    asked === 'auto'
      ? 'no program that builds images is here; install buildah (no daemon needed), or Docker with buildx'
      : `builder is ${asked}, but ${programOf(asked)} is not here; install it, or let builder be auto`,
  );
}

/** OCI annotations (image-spec) and Sluice's own: from a running container back to the run. */
function labelsOf(proof: Approved): Record<string, string> {
  return {
    'org.opencontainers.image.version': version.format(proof.version),
    ...(proof.commit ? { 'org.opencontainers.image.revision': proof.commit } : {}),
    'dev.sluice.run-id': proof.runId,
    'dev.sluice.model-digest': proof.part.digest,
    'dev.sluice.identity': describeIdentity(proof.identity),
  };
}

async function step(argv: readonly string[], host: Host): Promise<void> {
  const result = await run(argv, {
    signal: host.signal,
    env: host.env,
    onLine: (line) => host.log.info(line),
  });
  if (result.cancelled) host.signal.throwIfAborted();
  if (result.code !== 0) {
    throw new ProgramError(
      `${argv.slice(0, 2).join(' ')} ended with ${result.code ?? result.signal}:\n${result.tail.slice(-15).join('\n')}`,
    );
  }
}

async function access(inputs: In, image: ImageName, authFile: string | undefined, host: Host) {
  let credentials: Credentials | undefined;
  if (authFile) {
    try {
      credentials = credentialsFor(await readFile(authFile, 'utf8'), image.registry, image.repository);
    } catch (error) {
      throw new UserError(
        `registry-auth-file '${inputs['registry-auth-file']}' cannot be read: ${messageOf(error)}`,
      );
    }
    if (credentials) host.mask(credentials.password);
  }
  return { insecure: !inputs['tls-verify'], signal: host.signal, ...(credentials ? { credentials } : {}) };
}
