import { UserError } from '@sluice/contract';
import type { Env } from './detect.ts';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];

let honoured = false;

/**
 * Makes `fetch` honour the usual variables: HTTP(S)_PROXY with NO_PROXY, and SSL_CERT_FILE beside the authorities that
 * Node knows (NODE_EXTRA_CA_CERTS Node reads itself). They are set up before the first request only: reading a machine's
 * authorities takes a tenth of a second, and many steps ask nobody.
 */
export function honourNetworkVariables(env: Env, warn: (text: string) => void): void {
  if (honoured || ![...PROXIES, 'SSL_CERT_FILE'].some((name) => env[name])) return;
  honoured = true;
  const { fetch } = globalThis;
  let ready: Promise<void> | undefined;
  globalThis.fetch = async (...request) => {
    ready ??= setUp(env, warn);
    await ready;
    return fetch(...request);
  };
}

async function setUp(env: Env, warn: (text: string) => void): Promise<void> {
  if (PROXIES.some((name) => env[name])) {
    const { setGlobalProxyFromEnv } = await import('node:http');
    if (setGlobalProxyFromEnv) setGlobalProxyFromEnv({ ...env });
    else warn(`this Node (${process.version}) cannot use HTTP_PROXY for fetch; Node 24.14 or newer can`);
  }
  if (env.SSL_CERT_FILE) await trust(env.SSL_CERT_FILE, warn);
}

async function trust(file: string, warn: (text: string) => void): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const pem = await readFile(file, 'utf8').catch(() => {
    throw new UserError(`SSL_CERT_FILE names '${file}', which cannot be read; give a PEM file or unset it`);
  });
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0)
    throw new UserError(`SSL_CERT_FILE names '${file}', which holds no PEM certificate`);
  const { getCACertificates, setDefaultCACertificates } = await import('node:tls');
  if (!setDefaultCACertificates || !getCACertificates)
    return warn(`this Node (${process.version}) cannot use SSL_CERT_FILE for fetch; Node 24.5 or newer can`);
  setDefaultCACertificates([...getCACertificates('default'), ...certificates]);
}
