import { dirname } from 'node:path';
import { nearest, quote, UserError } from '@sluice/contract';
import type { ClusterEntry, ConfigFile, UserEntry } from './kubeconfig-file.ts';

/** An entry, and the file that it stands in. */
interface From<T> {
  readonly entry: T;
  readonly file: string;
}

/** What one context of one or several kubeconfig files says. */
export interface Chosen {
  readonly context: string;
  readonly namespace: string;
  readonly cluster: ClusterEntry;
  /** The folder that relative paths of the cluster start from. */
  readonly clusterFolder: string;
  readonly user: UserEntry;
  readonly userFile: string;
}

/**
 * The context that is asked for, else the current one. Of several files the first that has an entry of a name wins, as
 * with kubectl.
 * @throws UserError where a name that is used is not there
 */
export function choose(files: readonly ConfigFile[], context?: string): Chosen {
  const where = files.map(({ path }) => path).join(', ');
  const name = context ?? files.map(({ config }) => config['current-context']).find((current) => current);
  const contexts = named(files, ({ contexts }) => contexts?.map((one) => [one.name, one.context]));
  if (!name)
    throw new UserError(
      `${where} names no current context. Set one with 'kubectl config use-context'; it has: ${[...contexts.keys()].join(', ') || 'none'}.`,
    );
  const { entry } = look(contexts, name, 'context', where);
  const clusters = named(files, ({ clusters }) => clusters?.map((one) => [one.name, one.cluster]));
  const cluster = look(clusters, entry.cluster, 'cluster', where);
  const users = named(files, ({ users }) => users?.map((one) => [one.name, one.user]));
  const user = entry.user ? look(users, entry.user, 'user', where) : undefined;
  return {
    context: name,
    namespace: entry.namespace || 'default',
    cluster: cluster.entry,
    clusterFolder: dirname(cluster.file),
    user: user?.entry ?? {},
    userFile: user?.file ?? cluster.file,
  };
}

function named<T>(
  files: readonly ConfigFile[],
  list: (config: ConfigFile['config']) => [name: string, entry: T][] | undefined,
): ReadonlyMap<string, From<T>> {
  const all = new Map<string, From<T>>();
  for (const { path, config } of files)
    for (const [name, entry] of list(config) ?? []) if (!all.has(name)) all.set(name, { entry, file: path });
  return all;
}

function look<T>(all: ReadonlyMap<string, From<T>>, name: string, what: string, where: string): From<T> {
  const found = all.get(name);
  if (found) return found;
  const names = [...all.keys()];
  const near = nearest(name, names);
  throw new UserError(
    `${where} has no ${what} ${quote(name)}.${near ? ` Did you mean ${near}?` : ''} It has: ${names.join(', ') || 'none'}.`,
  );
}
