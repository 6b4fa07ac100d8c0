import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectKubernetes, type Kubernetes } from '@sluice/kubernetes';
import { freePort, run, type Service, start } from '@sluice/process';
import { goPrograms } from '../go-programs.ts';
import { installSystemPackage } from '../system-package.ts';
import { type Certificates, certificates } from './certificates.ts';

const VERSION = 'v1.34.2';
const COMMANDS = 'k8s.io/kubernetes/cmd';

/** What a program finds in the environment to reach a cluster. */
export type Access = {
  readonly KUBECONFIG: string;
  readonly HOME: string;
  readonly PATH: string | undefined;
};

/** A real API server on etcd, with the controllers for Deployments and all that hangs on them, on free ports of the loopback. */
export interface ControlPlane extends AsyncDisposable {
  readonly server: string;
  readonly folder: string;
  readonly certificates: Certificates;
  /** Tokens by user: `admin` may do all, `guest` nothing. */
  readonly tokens: Readonly<Record<'admin' | 'guest', string>>;
  /** The administrator's. */
  readonly env: Access;
  readonly admin: Kubernetes;
  /** Path of kubectl. */
  readonly kubectl: string;
  /** What works on the cluster is ended before it. */
  endsWith(service: Service): void;
}

/** Builds what is missing; undefined where there is no Go to build it with. */
export function controlPlanePrograms(): Promise<string | undefined> {
  return goPrograms({
    module: fileURLToPath(new URL('control-plane', import.meta.url)),
    programs: ['kube-apiserver', 'kube-controller-manager', 'kubectl'].map((name) => `${COMMANDS}/${name}`),
    // without it the server says that it is a version of its own, and kubectl warns of it
    linkerFlags: [
      ['gitVersion', VERSION],
      ['gitMajor', '1'],
      ['gitMinor', '34'],
    ]
      .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
      .join(' '),
  });
}

/** Starts one; `programs` is what {@link controlPlanePrograms} found. */
export async function startControlPlane(programs: string): Promise<ControlPlane> {
  const etcd = await installSystemPackage(
    {
      program: 'etcd',
      debian: 'etcd-server',
      otherwise: 'Install etcd (Debian: apt-get install etcd-server).',
    },
    console.log,
  );
  // a port that was free a moment ago may be another process's by the time it is wanted: then with others
  for (let left = 3; ; left--) {
    try {
      return await launch(etcd, programs);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function launch(etcd: string, programs: string): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kubernetes-'));
  const services: Service[] = [];
  const stop = async () => {
    // the API server first: it waits for an etcd that is gone
    for (const service of services.toReversed()) await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [store, peer, port] = [await freePort(), await freePort(), await freePort()];
    const storeUrl = `http://127.0.0.1:${store}`;
    const own = (text: string) => `--${text}`;
    services.push(
      await start(
        [
          etcd,
          ...[
            `data-dir=${join(folder, 'etcd')}`,
            `listen-client-urls=${storeUrl}`,
            `advertise-client-urls=${storeUrl}`,
            `listen-peer-urls=http://127.0.0.1:${peer}`,
            'unsafe-no-fsync',
          ].map(own),
        ],
        { cwd: folder, graceMs: 500 },
      ),
    );
    const certs = await certificates(folder);
    const tokens = { admin: 'token-of-admin', guest: 'token-of-guest' };
    await writeFile(
      join(folder, 'tokens.csv'),
      `${tokens.admin},admin,1,"system:masters"\n${tokens.guest},guest,2\n`,
    );
    const api = await start(
      [
        join(programs, 'kube-apiserver'),
        ...[
          `etcd-servers=${storeUrl}`,
          'bind-address=127.0.0.1',
          `secure-port=${port}`,
          `tls-cert-file=${certs.server.certificate}`,
          `tls-private-key-file=${certs.server.key}`,
          `client-ca-file=${certs.authority}`,
          `token-auth-file=${join(folder, 'tokens.csv')}`,
          'authorization-mode=RBAC',
          'service-account-issuer=https://kubernetes.default.svc',
          `service-account-key-file=${certs.server.key}`,
          `service-account-signing-key-file=${certs.server.key}`,
          'service-cluster-ip-range=10.0.0.0/24',
          // Pods of the tests need no account
          'disable-admission-plugins=ServiceAccount',
          'endpoint-reconciler-type=none',
        ].map(own),
      ],
      { cwd: folder, graceMs: 500 },
    );
    services.push(api);
    const server = `https://127.0.0.1:${port}`;
    const KUBECONFIG = join(folder, 'kubeconfig');
    await writeFile(KUBECONFIG, await kubeconfig(server, certs.authority, tokens.admin));
    const env = { KUBECONFIG, HOME: folder, PATH: process.env.PATH };
    const admin = await connectKubernetes({ env });
    await ready(join(programs, 'kubectl'), env, api);
    services.push(
      await start(
        [
          join(programs, 'kube-controller-manager'),
          ...[
            `kubeconfig=${KUBECONFIG}`,
            'leader-elect=false',
            'secure-port=0',
            `controllers=${CONTROLLERS.join(',')}`,
          ].map(own),
        ],
        { cwd: folder, graceMs: 500 },
      ),
    );
    return {
      server,
      folder,
      certificates: certs,
      tokens,
      env,
      admin,
      kubectl: join(programs, 'kubectl'),
      endsWith: (service) => services.push(service),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const CONTROLLERS = [
  'deployment',
  'replicaset',
  'statefulset',
  'daemonset',
  'garbage-collector',
  'namespace',
].map((name) => `${name}-controller`);

/** A kubeconfig with one context, `test`, that logs in by token. */
export async function kubeconfig(server: string, authority: string, token: string): Promise<string> {
  const ca = (await readFile(authority)).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}

/** Answers are not enough: controllers end at once where the server does not call itself ready soon after they have started. */
async function ready(kubectl: string, env: Access, api: Service): Promise<void> {
  for (const end = Date.now() + 120_000; ; await sleep(100)) {
    const asked = await run([kubectl, 'get', '--raw', '/readyz'], { env, timeoutMs: 30_000 });
    if (asked.code === 0) return;
    if (!api.running || Date.now() > end)
      throw new Error(`the API server is not ready: ${api.tail().slice(-5).join('\n')}`);
  }
}
