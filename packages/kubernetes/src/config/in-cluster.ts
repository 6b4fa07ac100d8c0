import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import type { Cluster } from './login.ts';

/** Where a Pod finds the login of its service account. */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** How often a token that the kubelet renews is read again, ms. */
const RENEW = 60_000;

/** The cluster that this job runs in; undefined outside of one. */
export async function inCluster(
  env: Readonly<Record<string, string | undefined>>,
  folder = FOLDER,
): Promise<Cluster | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) return undefined;
  const read = async (name: string) => {
    try {
      return (await readFile(join(folder, name), 'utf8')).trim();
    } catch (error) {
      throw new UserError(
        `This job runs in a Pod and its service account cannot be read: ${messageOf(error)}. Set KUBECONFIG, or let the Pod have its token (automountServiceAccountToken).`,
      );
    }
  };
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    who: `the service account of this Pod`,
    namespace: await read('namespace').catch(() => 'default'),
    authority: await read('ca.crt'),
    insecure: false,
    headers: {},
    login: async () => ({ token: await read('token'), expires: Date.now() + RENEW }),
  };
}
