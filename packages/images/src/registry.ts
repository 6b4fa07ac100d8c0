import { createHash } from 'node:crypto';
import { type Digest, type ImageRef, imageRef, messageOf, SystemError } from '@sluice/contract';
import type { Credentials } from './credentials.ts';
import type { ImageName } from './image-name.ts';

export interface RegistryOptions {
  readonly credentials?: Credentials;
  /** Plain http; only for registries on this machine. */
  readonly insecure: boolean;
  readonly signal?: AbortSignal;
}

/** An image as the registry has it. */
export interface PushedImage {
  readonly image: ImageRef;
  readonly digest: Digest;
  /** Bytes of config and layers, compressed. */
  readonly size: number;
}

const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

interface Manifest {
  readonly config?: { readonly size: number };
  readonly layers?: readonly { readonly size: number }[];
}

/** Asks a registry whether it is there and takes the credentials, before anything is built for it. @throws SystemError */
export async function reach(name: ImageName, options: RegistryOptions): Promise<void> {
  const what = `registry ${name.registry}`;
  const scheme = options.insecure ? 'http' : 'https';
  const response = await request(`${scheme}://${name.registry}/v2/`, options, what);
  await response.body?.cancel();
  // a registry may refuse this question and still take an image; only what it does not know at all is none
  if (response.status === 404 || response.status >= 500)
    throw new SystemError(`${what} answered ${response.status} to /v2/: is it a registry?`);
}

/**
 * Reads an image back by its tag, or by its digest (OCI distribution spec, `GET /v2/<name>/manifests/<reference>`). The digest is
 * computed over the bytes that came, not believed from a header.
 */
export async function readBack(
  name: ImageName,
  reference: string,
  options: RegistryOptions,
): Promise<PushedImage> {
  const url = `${options.insecure ? 'http' : 'https'}://${name.registry}/v2/${name.repository}/manifests/${reference}`;
  const what = `registry ${name.registry}`;
  const response = await request(url, options, what);
  if (!response.ok)
    throw new SystemError(
      `${what} answered ${response.status} for ${name.repository} at ${reference} that was just pushed`,
    );
  const bytes = new Uint8Array(await response.arrayBuffer());
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
  const said = response.headers.get('docker-content-digest');
  if (said !== null && said !== digest)
    throw new SystemError(`${what} says ${said}, but its manifest is ${digest}`);
  if (reference.startsWith('sha256:') && digest !== reference)
    throw new SystemError(`${what} was asked for ${reference} and gave ${digest}`);
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  } catch {
    throw new SystemError(`${what} answered with something that is no manifest`);
  }
  if (!manifest.layers)
    throw new SystemError(
      `${what} holds an index of several images under ${reference}, where one image was pushed`,
    );
  const size = [manifest.config?.size ?? 0, ...manifest.layers.map((layer) => layer.size)].reduce(
    (a, b) => a + b,
    0,
  );
  return { image: imageRef.parse(`${name.registry}/${name.repository}@${digest}`), digest, size };
}

async function request(url: string, options: RegistryOptions, what: string): Promise<Response> {
  const get = async (headers: Record<string, string>) => {
    try {
      return await fetch(url, { headers: { accept: MANIFESTS.join(', '), ...headers }, ...limit(options) });
    } catch (error) {
      throw new SystemError(`${what} did not answer: ${unreached(error)}`);
    }
  };
  const first = await get({});
  if (first.status !== 401) return first;
  const challenge = first.headers.get('www-authenticate') ?? '';
  await first.body?.cancel();
  const authorization = await answer(challenge, options, what);
  const second = await get({ authorization });
  if (second.status === 401 || second.status === 403) {
    throw new SystemError(`${what} refuses the credentials of registry-auth-file (${second.status})`);
  }
  return second;
}

function unreached(error: unknown): string {
  const said = messageOf(error).replace(/; if the root CA is installed.*$/, '');
  return /certificate/i.test(said)
    ? `${said}; where a private authority signed it, set SSL_CERT_FILE to its PEM file`
    : said;
}

const limit = (options: RegistryOptions) => ({
  signal: options.signal
    ? AbortSignal.any([options.signal, AbortSignal.timeout(60_000)])
    : AbortSignal.timeout(60_000),
});

/** The `Authorization` header that a challenge asks for: basic, or a token from the realm it names. */
async function answer(challenge: string, options: RegistryOptions, what: string): Promise<string> {
  const { credentials } = options;
  const basic =
    credentials &&
    `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  if (/^basic/i.test(challenge)) {
    if (!basic)
      throw new SystemError(
        `${what} asks for a login, and no credentials for it are known; give them by registry-auth-file`,
      );
    return basic;
  }
  const fields = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
  if (!/^bearer/i.test(challenge) || !fields['realm'])
    throw new SystemError(`${what} asks for a login in a way that is not known: ${challenge}`);
  const realm = new URL(fields['realm']);
  for (const key of ['service', 'scope']) if (fields[key]) realm.searchParams.set(key, fields[key]);
  const response = await fetch(realm, {
    headers: basic ? { authorization: basic } : {},
    ...limit(options),
  }).catch((error: unknown) => {
    throw new SystemError(`the token service of ${what} did not answer: ${messageOf(error)}`);
  });
  if (!response.ok)
    throw new SystemError(
      `the token service of ${what} answered ${response.status}; check registry-auth-file`,
    );
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
  return `Bearer ${token ?? access_token}`;
}
