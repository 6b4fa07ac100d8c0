import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { execLogin } from './exec.ts';
import type { Chosen } from './kubeconfig.ts';
import type { Cluster, Login } from './login.ts';

/** How often a token that lies in a file is read again, ms. */
const RENEW = 60_000;

/** The cluster that a context means. @throws UserError for an address, file or way to log in that is of no use */
export async function clusterOf(
  chosen: Chosen,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Cluster> {
  const { cluster, clusterFolder, user, userFile } = chosen;
  const who = `context ${chosen.context} of ${userFile}`;
  const server = URL.parse(cluster.server);
  if (!server || !/^https?:$/.test(server.protocol))
    throw new UserError(`${who}: server '${cluster.server}' is no http or https address.`);
  // an old way that kubectl itself gave up; taking part of a login would be worse than saying so
  if ('auth-provider' in user || 'username' in user)
    throw new UserError(
      `${who} logs in by ${'username' in user ? 'user name and password' : 'auth-provider'}, which Kubernetes gave up; use a token, a client certificate or an exec plugin.`,
    );
  const authority = await pem(cluster, 'certificate-authority', clusterFolder, who);
  return {
    server,
    who,
    namespace: chosen.namespace,
    authority,
    insecure: cluster['insecure-skip-tls-verify'] ?? false,
    serverName: cluster['tls-server-name'] ?? undefined,
    proxy: cluster['proxy-url'] ?? undefined,
    headers: {
      ...(user.as ? { 'impersonate-user': user.as } : {}),
      ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
      ...(user['as-groups'] ? { 'impersonate-group': user['as-groups'] } : {}),
    },
    login: async (signal) => await loginOf(chosen, { who, authority, env, signal }),
  };
}

async function loginOf(
  { cluster, user, userFile }: Chosen,
  given: {
    readonly who: string;
    readonly authority: string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Login> {
  const { who, authority, env, signal } = given;
  if (user.exec) {
    const told = {
      server: cluster.server,
      'certificate-authority-data': authority && Buffer.from(authority).toString('base64'),
      'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] ?? false,
    };
    return await execLogin(user.exec, { file: userFile, cluster: told, env, signal });
  }
  const folder = dirname(userFile);
  const certificate = await pem(user, 'client-certificate', folder, who);
  const key = await pem(user, 'client-key', folder, who);
  if ((certificate === undefined) !== (key === undefined))
    throw new UserError(
      `${who} has a client ${certificate ? 'certificate without its key' : 'key without its certificate'}.`,
    );
  if (user.token) return { token: user.token, certificate, key };
  if (user.tokenFile) {
    const token = (await file(resolve(folder, user.tokenFile), 'tokenFile', who)).trim();
    return { token, certificate, key, expires: Date.now() + RENEW };
  }
  return { certificate, key };
}

/** A PEM text that is given whole, in base64, or as the path of a file. */
async function pem<K extends string>(
  entry: { readonly [key in K | `${K}-data`]?: string | null | undefined },
  name: K,
  folder: string,
  who: string,
): Promise<string | undefined> {
  const data = entry[`${name}-data`];
  if (data) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    if (!text.includes('-----BEGIN ')) throw new UserError(`${who}: ${name}-data is no PEM text in base64.`);
    return text;
  }
  const path = entry[name];
  return path ? await file(resolve(folder, path), name, who) : undefined;
}

async function file(path: string, name: string, who: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`${who}: its ${name} cannot be read: ${messageOf(error)}.`);
  }
}
