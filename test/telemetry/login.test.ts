import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemError, UserError } from '@sluice/contract';
import { type MetricsOptions, openMetrics } from '@sluice/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installSystemPackage } from '../parts/system-package.ts';
import { Exporter } from './exporter.ts';
import { type Started, startPrometheus } from './prometheus.ts';

/** `secret`, as bcrypt has it; Prometheus takes no other form. */
const PASSWORD = '$2b$04$OtF91keDxYMn3oRbnv0qdeCNISzNy2K8.XSMtPBABc91rcb9gOtLG';

let folder: string;
let prometheus: Started;
let exporter: Exporter;
const at = (name: string): string => join(folder, name);

/** An authority, a server's certificate for 127.0.0.1 and two clients' certificates, one of them of another authority. */
async function makeCertificates(): Promise<void> {
  const openssl = await installSystemPackage(
    { program: 'openssl', debian: 'openssl', otherwise: 'Install OpenSSL.' },
    console.log,
  );
  const make = async (...args: string[]) => void (await promisify(execFile)(openssl, args));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const ca of ['ca', 'other'])
    await make(
      'req',
      '-x509',
      ...key,
      '-days',
      '2',
      '-subj',
      `/CN=${ca}`,
      '-keyout',
      at(`${ca}.key`),
      '-out',
      at(`${ca}.pem`),
    );
  await writeFile(at('san'), 'subjectAltName=IP:127.0.0.1\n');
  for (const [name, ca] of [
    ['server', 'ca'],
    ['client', 'ca'],
    ['stranger', 'other'],
  ] as const) {
    await make(
      'req',
      ...key,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.csr`),
    );
    await make(
      ...[
        'x509',
        '-req',
        '-days',
        '2',
        '-in',
        at(`${name}.csr`),
        '-CA',
        at(`${ca}.pem`),
        '-CAkey',
        at(`${ca}.key`),
      ],
      ...['-CAcreateserial', '-extfile', at('san'), '-out', at(`${name}.pem`)],
    );
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-login-'));
  await makeCertificates();
  exporter = await Exporter.start();
  exporter.set('haproxy_backend_http_responses_total{proxy="stable",code="2xx"}', 5);
  prometheus = await startPrometheus(folder, [{ targets: [exporter.address] }], {
    tls_server_config: {
      cert_file: at('server.pem'),
      key_file: at('server.key'),
      client_ca_file: at('ca.pem'),
      client_auth_type: 'RequireAndVerifyClientCert',
    },
    basic_auth_users: { ada: PASSWORD },
  });
});
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await exporter?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const now = async (query: string, more: Partial<MetricsOptions> = {}, user = 'ada:secret@') =>
  (await openMetrics({ metrics: `https://${user}127.0.0.1:${prometheus.port}${query}`, ...more })).now();
const files = (client: string, ca = 'ca') =>
  `?ca=${at(`${ca}.pem`)}&cert=${at(`${client}.pem`)}&key=${at(`${client}.key`)}`;

it('a Prometheus that asks for a certificate and a user is read with both', async () => {
  await expect
    .poll(() => now(files('client')).then(() => true, String), { timeout: 60_000, interval: 500 })
    .toBe(true);
  const tls = { ca: at('ca.pem'), cert: at('client.pem'), key: at('client.key') };
  expect((await now('', { tls })).getTime()).toBeGreaterThan(Date.now() - 60_000);
});

it.each([
  ['another password', () => now(files('client'), {}, 'ada:wrong@'), /refuses \(HTTP 401\)/],
  ['no certificate', () => now(`?ca=${at('ca.pem')}`), /name one with cert and key/],
  ['the certificate of a stranger', () => now(files('stranger')), /name one with cert and key/],
  ['another authority', () => now(files('client', 'other')), /not trusted.*name its authority with ca/],
  [
    'no authority',
    () => now(`?cert=${at('client.pem')}&key=${at('client.key')}`),
    /name its authority with ca/,
  ],
])('%s is an error that says what to do', async (_, ask, message) => {
  const error = await ask().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(SystemError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toMatch(/secret|wrong/);
});

it.each([
  [() => now(`?cert=${at('client.pem')}`), /certificate without its key/],
  [() => now(`?ca=${at('none.pem')}`), /ca file .*none\.pem.* cannot be read/],
  [() => openMetrics({ metrics: 'http://127.0.0.1:1?ca=x' }), /is no https address/],
])('files that do not fit are refused: %#', async (ask, message) => {
  const error = await ask().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UserError);
  expect(error).not.toBeInstanceOf(SystemError);
  expect((error as Error).message).toMatch(message);
});
