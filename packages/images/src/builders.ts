import type { Digest } from '@sluice/contract';

/** Programs that can build an image without asking anything of the others. */
export const builders = ['buildx', 'buildah'] as const;
export type Builder = (typeof builders)[number];

export interface BuildRequest {
  /** Folder with `Dockerfile` and everything it copies. */
  readonly context: string;
  /** Full names with tags; the first one is pushed and read back. */
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: readonly string[];
  readonly push: boolean;
  readonly authFile?: string;
  readonly tlsVerify: boolean;
  /** Repository without tag whose layers are used, and where what is built is pushed, kept for the next build. */
  readonly cache?: string;
  /** Where the builder writes what it pushed, for {@link pushedDigest}. */
  readonly reportFile: string;
}

/** The program that must be there for a builder. */
export const programOf = (builder: Builder): string => (builder === 'buildx' ? 'docker' : 'buildah');

/** What is run, in order, to build and, where asked, push. */
export function buildCommands(builder: Builder, request: BuildRequest): string[][] {
  return builder === 'buildx' ? buildx(request) : buildah(request);
}

const labelFlags = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);

function buildx(request: BuildRequest): string[][] {
  const insecure = request.tlsVerify ? '' : ',registry.insecure=true';
  const output = request.push ? `type=registry${insecure}` : 'type=docker';
  const cache = request.cache && `type=registry,ref=${request.cache}:buildcache${insecure}`;
  return [
    [
      'docker',
      ...(request.authFile ? ['--config', request.authFile.replace(/\/[^/]*$/, '')] : []),
      'buildx',
      'build',
      '--provenance=false', // the manifest pushed is the image itself, not an index around it
      ...request.names.flatMap((name) => ['--tag', name]),
      ...labelFlags(request.labels),
      ...request.buildArgs.flatMap((arg) => ['--build-arg', arg]),
      ...(cache ? ['--cache-from', cache] : []),
      ...(cache && request.push ? ['--cache-to', `${cache},mode=max`] : []),
      ...['--metadata-file', request.reportFile],
      '--output',
      output,
      request.context,
    ],
  ];
}

function buildah(request: BuildRequest): string[][] {
  const tls = `--tls-verify=${request.tlsVerify}`;
  const auth = request.authFile ? ['--authfile', request.authFile] : [];
  const { cache } = request;
  const [first, ...others] = request.names as [string, ...string[]];
  const build = [
    'buildah',
    'build',
    '--format=oci',
    '--timestamp=0',
    tls,
    ...auth,
    ...request.names.flatMap((name) => ['--tag', name]),
    ...labelFlags(request.labels),
    ...request.buildArgs.flatMap((arg) => ['--build-arg', arg]),
    ...(cache ? ['--layers', '--cache-from', cache] : []),
    ...(cache && request.push ? ['--cache-to', cache] : []),
    request.context,
  ];
  if (!request.push) return [build];
  return [
    build,
    ...[first, ...others].map((name) => [
      'buildah',
      'push',
      tls,
      ...auth,
      // the same image under each name
      ...['--digestfile', request.reportFile],
      name,
      `docker://${name}`,
    ]),
  ];
}

/** What may be run after a push, so that it does not fill this machine's disk too; a failure is no harm. */
export function cleanUpCommands(builder: Builder, names: readonly string[]): string[][] {
  return builder === 'buildah' ? names.map((name) => ['buildah', 'rmi', name]) : [];
}

/** The digest that the builder says it pushed, from its report file; undefined where it says none. */
export function pushedDigest(builder: Builder, report: string): Digest | undefined {
  const digest =
    builder === 'buildah' ? report.trim() : /"containerimage\.digest"\s*:\s*"([^"]+)"/.exec(report)?.[1];
  return /^sha256:[0-9a-f]{64}$/.test(digest ?? '') ? (digest as Digest) : undefined;
}

/**
 * An image that a Dockerfile begins with, with its registry written out: Docker takes a short name as one of Docker Hub, and other
 * builders ask back or refuse.
 */
export function fullBaseName(image: string): string {
  if (image === 'scratch') return image;
  const [first = '', ...rest] = image.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return image;
  return `docker.io/${rest.length === 0 ? `library/${image}` : image}`;
}
