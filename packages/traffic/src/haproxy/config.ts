import { UserError } from '@sluice/contract';
import { segmentRules } from './segments.ts';

/** What the reference configuration is made from. */
export interface HaproxyConfig {
  /** Admin socket: an absolute path, or `host:port` (then any process that reaches it controls HAProxy). */
  readonly socket: string;
  /** Where users come in, `host:port`. */
  readonly bind: string;
  /** Servers of the two slots, `host:port` each. */
  readonly stable: readonly string[];
  readonly canary: readonly string[];
  /** Where logs go, as in HAProxy's `log` line. Default: standard output, one JSON object a line. */
  readonly log?: string;
  /** Where `/metrics` for Prometheus is served, `host:port`. Default: not at all. */
  readonly metrics?: string;
  /**
   * What tells users apart, first found wins: `header:<name>` or `cookie:<name>`. Where none is there: the source address.
   * Default: header `x-user-id`, cookie `sluice-user`.
   */
  readonly users?: readonly string[];
  /** Headers that segments may name, and the map that holds them: an absolute path of a file that exists, empty. Default: no segments. */
  readonly segments?: { readonly headers: readonly string[]; readonly map: string };
  /** Path asked to find servers that are down. Default: none is asked; a server that refuses gives 503. */
  readonly health?: string;
  /** Name of the frontend. Default `users`. */
  readonly frontend?: string;
  /** Name of the variable without `proc.`. Default `canary`. */
  readonly variable?: string;
  /** Longest silence of a server or a client, as HAProxy writes times. A model may think for minutes. Default `10m`. */
  readonly silence?: string;
}

/**
 * A whole haproxy.cfg (2.5 or newer): two backends, the share of users as a process variable, a JSON access log.
 * Each user's hash is fixed for a rollout: users below the share are in the canary, so growing it moves nobody back.
 */
export function haproxyConfig(given: HaproxyConfig): string {
  const variable = given.variable ?? 'canary';
  const frontend = given.frontend ?? 'users';
  const silence = given.silence ?? '10m';
  for (const [what, text] of Object.entries(given))
    if ([text].flat().some((value) => /[\n\r]/.test(String(value))))
      throw new UserError(`${what} of a HAProxy configuration holds a line break.`);
  return `global
  stats socket ${given.socket} ${given.socket.startsWith('/') ? 'mode 660 ' : ''}level admin expose-fd listeners
  log ${given.log ?? 'stdout format raw local0'}
  # share of the users sent to the canary, in basis points; changed at run time, back to this value after a restart
  set-var proc.${variable} int(0)
  set-var proc.${variable}_salt str(none)${given.segments ? `\n  set-var proc.${variable}_segments int(0)\n  set-var proc.${variable}_outside int(0)` : ''}

defaults
  mode http
  log global
  timeout connect 5s
  timeout http-request 30s
  # answers that stream may be silent for long between two tokens
  timeout client ${silence}
  timeout server ${silence}
  timeout http-keep-alive 60s
  option http-no-delay
  # a client that leaves ends its request at the model too, and is not taken for a time-out of the server
  option abortonclose
  option dontlognull
  option redispatch

frontend ${frontend}
  bind ${given.bind}
${userRules(given.users ?? ['header:x-user-id', 'cookie:sluice-user'])}
  http-request set-var(txn.cell) var(txn.user),xxh32,mod(1048576)
  http-request set-var(txn.bucket) var(txn.cell),concat(-,proc.${variable}_salt),xxh32,mod(10000)
  http-request set-var(txn.above) var(txn.bucket),sub(proc.${variable})${given.segments ? `\n${segmentRules(variable, given.segments)}` : ''}
  use_backend canary if { var(txn.above) -m int lt 0 }
  default_backend stable
  ${logFormat()}

${backend('stable', given.stable, given.health)}
${backend('canary', given.canary, given.health)}${given.metrics === undefined ? '' : exporter(given.metrics)}`;
}

function userRules(users: readonly string[]): string {
  return [...users, 'source']
    .map((user) => {
      const absent = 'unless { var(txn.user) -m found }';
      if (user === 'source') return `  http-request set-var(txn.user) src ${absent}`;
      const [, kind, name] = /^(header|cookie):([A-Za-z0-9_-]+)$/.exec(user) ?? [];
      if (!name)
        throw new UserError(`'${user}' does not tell users apart. Allowed: header:<name>, cookie:<name>.`);
      const fetch = kind === 'header' ? `req.hdr(${name})` : `req.cook(${name})`;
      return `  http-request set-var(txn.user) ${fetch} if !{ var(txn.user) -m found } { ${fetch} -m len gt 0 }`;
    })
    .join('\n');
}

/**
 * One line a request, written when it ends: `time` is that moment, Unix milliseconds. Nothing in it was typed by a user.
 * `state` is HAProxy's termination state, `first` and `total` are %Tr and %Ta (milliseconds, -1: never came).
 */
function logFormat(): string {
  const fields = [
    '"time":%[date(0,ms)]',
    '"frontend":"%f"',
    '"backend":"%b"',
    '"server":"%s"',
    '"status":%ST',
    '"state":"%ts"',
    '"first":%Tr',
    '"total":%Ta',
    '"bytes":%B',
    '"bucket":%[var(txn.bucket,-1)]',
    '"cell":%[var(txn.cell,-1)]',
  ];
  return `log-format '{${fields.join(',')}}'`;
}

function backend(name: string, servers: readonly string[], health: string | undefined): string {
  const lines = [`backend ${name}`];
  if (health !== undefined) lines.push(`  option httpchk GET ${health}`);
  servers.forEach((address, i) => {
    lines.push(`  server ${name}-${i + 1} ${address}${health === undefined ? '' : ' check inter 1s'}`);
  });
  return `${lines.join('\n')}\n`;
}

function exporter(bind: string): string {
  return `
frontend metrics
  bind ${bind}
  no log
  http-request use-service prometheus-exporter if { path /metrics }
  http-request deny deny_status 404
`;
}
