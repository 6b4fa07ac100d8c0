import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemError, UserError } from '@sluice/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { proxiedPath } from './artifact-root.ts';
import { connectMlflow } from './connection.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const seen: (string | undefined)[] = [];
  server = createServer((incoming, outgoing) => {
    seen.push(incoming.headers.authorization);
    outgoing.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
const retries = { attempts: 1, base: 1, cap: 1, random: () => 0 };

describe('a connection to MLflow', () => {
  it('shows its token, or user and password, to the server and to nobody else', async () => {
    const { address, seen } = await answering(403, 'no');
    const env = {
      MLFLOW_TRACKING_TOKEN: 'secret-token',
      MLFLOW_TRACKING_USERNAME: 'u',
      MLFLOW_TRACKING_PASSWORD: 'p',
    };
    const refused = connectMlflow(address, env, { retries }).read('runs/get');
    await expect(refused).rejects.toThrow(/403.*the token \(MLFLOW_TRACKING_TOKEN\)/);
    await expect(refused).rejects.not.toThrow('secret-token');
    const named = connectMlflow(address.replace('//', '//user:pass%20word@'), {}, { retries });
    await expect(named.read('runs/get')).rejects.not.toThrow('pass word');
    expect(named.uri).toBe(address);
    expect(seen).toEqual([
      'Bearer secret-token',
      `Basic ${Buffer.from('user:pass word').toString('base64')}`,
    ]);
  });

  it.each([
    [200, '<html>log in</html>', {}, /not JSON.*as no MLflow server does/],
    [302, '', { location: '/login' }, /redirects \(302\)/],
    [404, 'nothing here', {}, /answers 404/],
    [500, 'oops', {}, /answered 500/],
    [
      400,
      '{"error_code":"INVALID_PARAMETER_VALUE","message":"bad\\nstack"}',
      {},
      /400 INVALID_PARAMETER_VALUE: bad$/,
    ],
  ])('explains %i %s', async (status, body, headers, message) => {
    const { address } = await answering(status, body, headers as Record<string, string>);
    const failed = connectMlflow(address, {}, { retries }).read('runs/get');
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(SystemError);
  });

  it('is not made to what is no address', () => {
    expect(() => connectMlflow('databricks', {})).toThrow(UserError);
    expect(() => connectMlflow('https://user:secret@', {})).toThrow(UserError);
    expect(() => connectMlflow('ftp://user:secret@host', {})).not.toThrow('secret');
  });

  it('keeps a path prefix', () => {
    expect(connectMlflow('https://host/ml/flow/', {}).uri).toBe('https://host/ml/flow');
  });
});

describe("a run's artifacts", () => {
  it.each([
    ['mlflow-artifacts:/1/abc/artifacts', '1/abc/artifacts'],
    ['mlflow-artifacts:///1/abc/artifacts/', '1/abc/artifacts'],
    ['mlflow-artifacts://host:5000/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts', '1/abc/artifacts'],
    ['mlflow-artifacts://host/1/abc', '1/abc'],
    ['mlflow-artifacts:/', ''],
  ])('at %s are proxied', (uri, path) => expect(proxiedPath(uri, 'http://m')).toBe(path));

  it.each(['s3://bucket/1/abc', '/mlruns/1', 'file:///mlruns', 'dbfs:/x', ''])("at '%s' are not", (uri) =>
    expect(() => proxiedPath(uri, 'http://m')).toThrow(/SLUICE_STORE_URL/),
  );
});
