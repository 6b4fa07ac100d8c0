import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Inputs, messageOf, SystemError, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  buildCommands,
  cleanUpCommands,
  credentialsFor,
  type PushedImage,
  pushedDigest,
  type RegistryOptions,
  reach,
  readBack,
} from '@sluice/images';
import { run } from '@sluice/process';
import { describeIdentity } from '@sluice/record';
import type { Context } from './context.ts';
import type { definition } from './definition.ts';
import type { Plan } from './plan.ts';
import type { Approved } from './proof.ts';

type In = Inputs<(typeof definition)['inputs']>;

export interface Built {
  /** Name with its first tag. */
  readonly name: string;
  /** As the registry has it; undefined where it was not pushed. */
  readonly pushed: PushedImage | undefined;
}

/** Builds, pushes where asked, and reads back what the registry holds. */
export async function build(
  inputs: In,
  proof: Approved,
  plan: Plan,
  context: Context,
  host: Host,
): Promise<Built> {
  const { builder, image, names } = plan;
  const { authFile, registry } = await access(inputs, plan, host);
  if (inputs.push) await reach(image, registry);
  const reportFile = join(host.temp, 'pushed');
  const commands = buildCommands(builder, {
    context: context.folder,
    names,
    labels: labelsOf(proof, plan),
    buildArgs: inputs['build-args'] ?? [],
    push: inputs.push,
    tlsVerify: inputs['tls-verify'],
    reportFile,
    ...(authFile ? { authFile } : {}),
    ...(inputs.cache === undefined ? {} : { cache: inputs.cache }),
  });
  for (const argv of commands) await step(argv, host);
  if (!inputs.push) return { name: names[0], pushed: undefined };
  // by the digest that was pushed: somebody else may have moved the tag since
  const digest = pushedDigest(builder, await readFile(reportFile, 'utf8'));
  for (const argv of cleanUpCommands(builder, names)) await run(argv, { signal: host.signal, env: host.env });
  if (!digest) throw new SystemError(`${builder} does not say what it pushed`);
  return { name: names[0], pushed: await readBack(image, digest, registry) };
}

/** OCI annotations (image-spec) and Sluice's own: from a running container back to the run. */
function labelsOf(proof: Approved, { baseImage }: Plan): Record<string, string> {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(baseImage)?.[1];
  return {
    'org.opencontainers.image.version': version.format(proof.version),
    ...(proof.commit ? { 'org.opencontainers.image.revision': proof.commit } : {}),
    'org.opencontainers.image.base.name': baseImage.replace(/@sha256:.*$/, ''),
    ...(digest ? { 'org.opencontainers.image.base.digest': digest } : {}),
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
    throw new SystemError(
      `${argv.slice(0, 2).join(' ')} ended with ${result.code ?? result.signal}:\n${result.tail.slice(-15).join('\n')}`,
    );
  }
}

/** The login for builder and registry. @throws UserError where the file cannot be read */
async function access(
  inputs: In,
  { builder, image }: Plan,
  host: Host,
): Promise<{ authFile: string | undefined; registry: RegistryOptions }> {
  const registry = { insecure: !inputs['tls-verify'], signal: host.signal };
  const given = inputs['registry-auth-file'];
  if (!given) return { authFile: undefined, registry };
  const path = resolve(host.workspace, given);
  try {
    const text = await readFile(path, 'utf8');
    const credentials = credentialsFor(text, image.registry, image.repository);
    if (credentials) host.mask(credentials.password);
    return {
      // Docker reads a login from a folder's config.json alone
      authFile: builder === 'buildx' ? await asDockerConfig(text, host.temp) : path,
      registry: credentials ? { ...registry, credentials } : registry,
    };
  } catch (error) {
    throw new UserError(`registry-auth-file '${given}' cannot be read: ${messageOf(error)}`);
  }
}

async function asDockerConfig(text: string, temp: string): Promise<string> {
  const folder = join(temp, 'docker');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'config.json');
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
