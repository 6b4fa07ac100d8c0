import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UserError } from '@sluice/contract';
import { Kubernetes } from './api/client.ts';
import { inCluster } from './config/in-cluster.ts';
import { choose } from './config/kubeconfig.ts';
import { readKubeconfig } from './config/kubeconfig-file.ts';
import type { Cluster } from './config/login.ts';
import { clusterOf } from './config/login-of.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Another context than the current one. */
  readonly context?: string | undefined;
  /** Limit of one exchange, ms. Default 30 s. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A client of the cluster that `KUBECONFIG` names (a path, or several, separated as in PATH), else `~/.kube/config`, else the
 * one that this job runs in. Nothing is asked before the first call.
 * @throws UserError where there is none, or what is there is of no use
 */
export async function connectKubernetes(given: Surroundings): Promise<Kubernetes> {
  return new Kubernetes(await findCluster(given), given.timeout ?? 30_000);
}

async function findCluster({ env, context }: Surroundings): Promise<Cluster> {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const usual = join(env['HOME'] ?? homedir(), '.kube', 'config');
  const files = (await Promise.all((named.length > 0 ? named : [usual]).map(readKubeconfig))).filter(
    (file) => file !== undefined,
  );
  if (files.length > 0) return await clusterOf(choose(files, context), env);
  if (named.length > 0)
    throw new UserError(`KUBECONFIG names ${named.join(', ')}, and no such file is there.`);
  const within = await inCluster(env);
  if (within) return within;
  throw new UserError(
    `No Kubernetes cluster is known: KUBECONFIG is not set, ${usual} is not there, and this job does not run in a Pod. Set KUBECONFIG to the path of a kubeconfig file.`,
  );
}
