import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, run, type Service, start } from '@sluice/process';
import { installSystemPackage } from './system-package.ts';

export interface Registry {
  /** `host:port`. */
  readonly host: string;
  readonly url: string;
  /** PEM file of the authority that signed its certificate; undefined where it speaks http. */
  readonly authority: string | undefined;
  stop(): Promise<void>;
}

/** The only user of a registry with a login. */
export const REGISTRY_USER = { name: 'builder', password: 'let me in, please' } as const;
/** bcrypt of that password, as htpasswd -B writes it. */
const HTPASSWD = `${REGISTRY_USER.name}:$2b$05$vcHRS4Yh.rj6OxFbU7R7HukQKwj37zBtVgx6S6qujlbkz8NhbosO.\n`;

/** A real image registry on a free port of the loopback, with a login or a private authority's certificate where asked. */
export async function startRegistry(
  options: { readonly login?: boolean; readonly tls?: boolean } = {},
  say: (text: string) => void = console.log,
): Promise<Registry> {
  const program = await installSystemPackage(
    {
      program: 'docker-registry',
      debian: 'docker-registry',
      otherwise: "Install Docker's registry (Debian, Ubuntu: apt-get install docker-registry).",
    },
    say,
  );
  const folder = await mkdtemp(join(tmpdir(), 'sluice-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const tls = options.tls ? await certificate(folder) : undefined;
  await writeFile(join(folder, 'htpasswd'), HTPASSWD);
  const config = join(folder, 'config.json');
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'images') } },
      http: { addr: host, ...(tls ? { tls } : {}) },
      ...(options.login ? { auth: { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } } } : {}),
    }),
  );
  const service = await start([program, 'serve', config], { cwd: folder });
  const stop = async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(host, service);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, url: `${tls ? 'https' : 'http'}://${host}`, authority: tls && join(folder, 'ca.pem'), stop };
}

/** A private authority and a certificate of it for the loopback. */
async function certificate(folder: string): Promise<{ certificate: string; key: string }> {
  const at = (name: string) => join(folder, name);
  const openssl = async (...args: string[]) => {
    const done = await run(['openssl', ...args], { cwd: folder });
    if (done.code !== 0) throw new Error(`openssl ${args[0]}: ${done.tail.join('\n')}`);
  };
  const authority = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=sluice tests'];
  await openssl('req', '-x509', ...authority, '-keyout', at('ca.key'), '-out', at('ca.pem'));
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=127.0.0.1',
    '-keyout',
    at('key.pem'),
    '-out',
    at('csr.pem'),
  );
  await writeFile(at('extensions'), 'subjectAltName=IP:127.0.0.1\n');
  await openssl(
    'x509',
    '-req',
    '-in',
    at('csr.pem'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('extensions'),
    '-out',
    at('cert.pem'),
  );
  return { certificate: at('cert.pem'), key: at('key.pem') };
}

async function untilListening(host: string, service: Service): Promise<void> {
  const [name, port] = host.split(':') as [string, string];
  const { connect } = await import('node:net');
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: name, port: Number(port) }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  for (const end = Date.now() + 30_000; !(await listens()); await sleep(50)) {
    if (!service.running || Date.now() > end)
      throw new Error(`the registry did not start:\n${service.tail().join('\n')}`);
  }
}

/** What a registry holds of one image, read as any client would. */
export async function manifestOf(registry: Registry, repository: string, reference: string) {
  const response = await fetch(`${registry.url}/v2/${repository}/manifests/${reference}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  if (!response.ok) throw new Error(`${response.status} for ${repository}:${reference}`);
  return {
    digest: response.headers.get('docker-content-digest'),
    manifest: (await response.json()) as {
      config: { digest: string; size: number };
      layers: { digest: string; size: number }[];
    },
  };
}

/** The configuration of an image, and its files unpacked into `folder`. */
export async function unpack(registry: Registry, repository: string, reference: string, folder: string) {
  const { digest, manifest } = await manifestOf(registry, repository, reference);
  const blob = async (name: string) =>
    Buffer.from(await (await fetch(`${registry.url}/v2/${repository}/blobs/${name}`)).arrayBuffer());
  for (const layer of manifest.layers) {
    const archive = join(folder, `${layer.digest.slice(7, 19)}.tar.gz`);
    await writeFile(archive, await blob(layer.digest));
    await run(['tar', '-xzf', archive, '-C', folder]);
    await rm(archive);
  }
  const config = JSON.parse((await blob(manifest.config.digest)).toString()) as {
    config: { Labels: Record<string, string>; Entrypoint: string[]; Env?: string[] };
  };
  return { digest, manifest, config: config.config };
}
