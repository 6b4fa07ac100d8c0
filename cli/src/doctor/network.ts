import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { messageOf } from '@sluice/contract';
import { type Finding, lookMs, type Patient } from './check.ts';

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/** The proxy that is set takes connections, and leaves this machine alone. */
export async function proxy({ env }: Patient): Promise<Finding> {
  const name = 'proxy';
  const variable = PROXIES.find((candidate) => env[candidate]);
  const address = variable && env[variable];
  if (!variable || !address) return { name, state: 'off', found: 'none is set' };
  if (!URL.canParse(address))
    return {
      name,
      state: 'missing',
      found: `${variable} is no address`,
      advice: 'Write it as http://host:port',
    };
  const { hostname, port, protocol } = new URL(address);
  const found = `${variable}=${protocol}//${hostname}${port ? `:${port}` : ''}`;
  try {
    await reach(hostname, Number(port || (protocol === 'https:' ? 443 : 80)));
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: `${found}: ${messageOf(error)}`,
      advice: 'Unset it where there is no proxy',
    };
  }
  const excluded = env.NO_PROXY ?? env.no_proxy ?? '';
  if (/127\.0\.0\.1|localhost|^\*$/.test(excluded)) return { name, state: 'ok', found };
  return {
    name,
    state: 'warn',
    found,
    advice: 'Add localhost,127.0.0.1 to NO_PROXY: servers on this machine are asked through the proxy',
  };
}

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: lookMs });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error('does not answer'));
    });
    socket.once('error', reject);
  });
}

/** Files of private authorities can be read, hold certificates, and are in date. */
export async function authorities({ env }: Patient, now: number): Promise<Finding> {
  const name = 'authorities';
  const given = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].filter((variable) => env[variable]);
  if (given.length === 0) return { name, state: 'off', found: 'none beside those that Node knows' };
  const found: string[] = [];
  for (const variable of given) {
    const file = env[variable] as string;
    try {
      const pem = await readFile(file, 'utf8');
      const parts = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
      if (parts.length === 0) throw new Error('holds no PEM certificate');
      const over = parts
        .map((part) => new X509Certificate(part))
        .filter((each) => Date.parse(each.validTo) < now);
      if (over.length > 0 && over.length === parts.length) throw new Error(`ended on ${over[0]?.validTo}`);
      found.push(`${variable}: ${parts.length} certificate(s)`);
    } catch (error) {
      return {
        name,
        state: 'missing',
        found: `${variable}=${file}: ${messageOf(error)}`,
        advice: 'Name a PEM file of your authority, or unset the variable',
      };
    }
  }
  return { name, state: 'ok', found: found.join(', ') };
}
