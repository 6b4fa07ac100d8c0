import type { Server } from '../router.ts';

/** Value of a process variable in the answer to `get var`, or undefined where there is no such variable. */
export function variableIn(reply: string, name: string): string | undefined {
  let value: string | undefined;
  for (const line of reply.split('\n')) {
    const match = /^(\S+): type=\S+ value=<(.*)>$/.exec(line);
    if (match?.[1] === name) value = match[2];
  }
  return value;
}

/** The lines `Name: value` of `show info`. */
export function infoIn(reply: string): Readonly<Record<string, string>> {
  const info: Record<string, string> = {};
  for (const line of reply.split('\n')) {
    const at = line.indexOf(': ');
    if (at > 0) info[line.slice(0, at)] = line.slice(at + 2);
  }
  return info;
}

/** Names of frontends and backends in the answer to `show stat -1 3 -1`. */
export function proxiesIn(reply: string): { readonly frontends: string[]; readonly backends: string[] } {
  const frontends: string[] = [];
  const backends: string[] = [];
  for (const line of reply.split('\n')) {
    const [name, kind] = line.split(',');
    if (name === undefined || name.startsWith('#')) continue;
    if (kind === 'FRONTEND') frontends.push(name);
    else if (kind === 'BACKEND') backends.push(name);
  }
  return { frontends, backends };
}

/** The servers of each backend in the answer to `show servers state` (version 1 of its table). */
export function serversIn(reply: string): ReadonlyMap<string, readonly Server[]> {
  const lines = reply.split('\n');
  const columns = lines
    .find((line) => line.startsWith('# '))
    ?.slice(2)
    .split(' ');
  const servers = new Map<string, Server[]>();
  if (!columns) return servers;
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    const cells = line.split(' ');
    if (cells.length < columns.length) continue;
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const host = cell('srv_addr');
    const address = `${host.includes(':') ? `[${host}]` : host}:${cell('srv_port')}`;
    const list = servers.get(cell('be_name')) ?? [];
    list.push({ name: cell('srv_name'), address });
    servers.set(cell('be_name'), list);
  }
  return servers;
}
