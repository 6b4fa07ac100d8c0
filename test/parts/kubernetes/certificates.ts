import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@sluice/process';

/** PEM files of an authority, of a server on the loopback, and of a client that is `ada` of the administrators. */
export interface Certificates {
  readonly authority: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

/** Makes them with openssl, for two days. */
export async function certificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name);
  const openssl = async (...args: string[]) => {
    const done = await run(['openssl', ...args], { cwd: folder });
    if (done.code !== 0) throw new Error(`openssl ${args[0]}: ${done.tail.join('\n')}`);
  };
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  const authority = ['-subj', '/CN=sluice tests', '-keyout', at('ca.key'), '-out', at('ca.pem')];
  await openssl('req', '-x509', ...newKey, '-days', '2', ...authority);
  const signed = async (name: string, subject: string, extensions: string) => {
    const files = { certificate: at(`${name}.pem`), key: at(`${name}.key`) };
    const request = at(`${name}.csr`);
    await openssl('req', ...newKey, '-subj', subject, '-keyout', files.key, '-out', request);
    await writeFile(at(`${name}.ext`), extensions);
    const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
    const text = ['-extfile', at(`${name}.ext`), '-out', files.certificate];
    await openssl('x509', '-req', '-in', request, ...by, ...text);
    return files;
  };
  return {
    authority: at('ca.pem'),
    server: await signed(
      'server',
      '/CN=kube-apiserver',
      'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n',
    ),
    client: await signed('client', '/O=system:masters/CN=ada', 'extendedKeyUsage=clientAuth\n'),
  };
}
