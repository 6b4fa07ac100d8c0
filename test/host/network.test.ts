import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Forge, startForge } from './forge.ts';
import { type Job, newJob, runFixture } from './start.ts';

let job: Job;
let forge: Forge | undefined;
let proxy: Server | undefined;
beforeEach(() => {
  job = newJob();
});
afterEach(async () => {
  await forge?.close();
  await new Promise<void>((resolve) => (proxy ? proxy.close(() => resolve()) : resolve()));
  proxy = undefined;
  forge = undefined;
  job.dispose();
});

/** A GitLab job whose server is at `api`, with a comment to write. */
const commentAt = (api: string, env: Record<string, string>) =>
  runFixture(job, {
    ...job.gitlab,
    CI_API_V4_URL: api,
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '12',
    SLUICE_INPUT_MODE: 'report',
    SLUICE_INPUT_TOKEN: 'forge-token',
    ...env,
  });

/** A proxy that leads every host to one port; it tells which hosts were wanted. */
async function startProxy(port: number): Promise<{ url: string; wanted: string[] }> {
  const wanted: string[] = [];
  const http = createServer((request, response) => {
    wanted.push(new URL(request.url ?? '').host);
    response.writeHead(502).end();
  });
  http.on('connect', (request, socket) => {
    wanted.push(request.url ?? '');
    const through = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket);
      socket.pipe(through);
    });
    through.on('error', () => socket.destroy());
    socket.on('error', () => through.destroy());
  });
  proxy = http;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, wanted };
}

describe('a proxy', () => {
  it('is asked for every host but those in NO_PROXY', async () => {
    forge = await startForge();
    const { url, wanted } = await startProxy(forge.port);
    const through = await commentAt('http://gitlab.invalid/api/v4', { HTTP_PROXY: url });
    expect(through.exit).toBe(0);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.every((host) => host.startsWith('gitlab.invalid'))).toBe(true);
    const before = wanted.length;
    const api = `http://127.0.0.1:${forge.port}/api/v4`;
    await commentAt(api, { HTTP_PROXY: url, NO_PROXY: '127.0.0.1' });
    expect(wanted.length).toBe(before);
    expect(forge.comments.length).toBeGreaterThan(1);
  });
});

describe('a private authority', () => {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const selfSigned = () => {
    const key = join(job.folder, 'key.pem');
    const cert = join(job.folder, 'cert.pem');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    return { cert, options: { key: readFileSync(key), cert: readFileSync(cert) } };
  };

  it('is trusted when SSL_CERT_FILE names it, and only then', async () => {
    const { cert, options } = selfSigned();
    forge = await startForge((handler) => createHttps(options, handler) as never);
    const api = `https://127.0.0.1:${forge.port}/api/v4`;
    const without = await commentAt(api, {});
    expect(without.stdout).toMatch(/the comment was not written: .*certificate/);
    const trusted = await commentAt(api, { SSL_CERT_FILE: cert });
    expect(trusted.stdout).not.toContain('was not written');
    expect(forge.comments).toHaveLength(2);
  });

  it('that cannot be read is named where it is missed', async () => {
    const { exit, stdout } = await commentAt('http://127.0.0.1:9/', { SSL_CERT_FILE: '/no/such.pem' });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/the comment was not written: SSL_CERT_FILE names '\/no\/such.pem'/);
  });
});
