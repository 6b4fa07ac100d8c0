import { splitFile } from './split.ts';

/** What the reference configuration is made from. */
export interface NginxConfig {
  /** Where users come in, `host:port`. */
  readonly bind: string;
  /** Where the running split is read, `host:port`; not for users. */
  readonly status: string;
  readonly stable: readonly string[];
  readonly canary: readonly string[];
  /** Path of the split file, which the driver owns. */
  readonly split: string;
  readonly log: string;
  readonly pidFile: string;
  readonly errorLog: string;
  /** Names of headers or cookies as NGINX variables, first found wins, else the source address. Default: `http_x_user_id`, `cookie_sluice_user`. */
  readonly users?: readonly string[];
  /** Longest silence of a server, as NGINX writes times. Default `10m`. */
  readonly silence?: string;
}

/** The split that NGINX starts with before a rollout: nobody in the canary. */
export const initialSplit: string = splitFile({
  weight: 0,
  salt: 'none',
  stable: 'stable',
  canary: 'canary',
});

/** A whole nginx.conf with two upstream groups, the split by user and the JSON access log. */
export function nginxConfig(given: NginxConfig): string {
  const users = given.users ?? ['http_x_user_id', 'cookie_sluice_user'];
  const silence = given.silence ?? '10m';
  const upstream = (name: string, servers: readonly string[]): string =>
    `  upstream ${name} {\n${servers.map((address) => `    server ${address} max_fails=0;`).join('\n')}\n    keepalive 64;\n  }`;
  // each step falls back to the next: header, cookie, source address
  const steps = [...users, 'remote_addr'];
  const chain = users.map(
    (user, i) =>
      `  map $${user} $sluice_user${i === 0 ? '' : `_${i}`} { "" $${i + 1 < users.length ? `sluice_user_${i + 1}` : steps.at(-1)}; default $${user}; }`,
  );
  return `pid ${given.pidFile};
error_log ${given.errorLog} notice;
worker_processes auto;
events { worker_connections 4096; }
http {
${chain.reverse().join('\n')}
  include ${given.split};
  map $msec $sluice_ms { "~^(?<seconds>\\d+)\\.(?<fraction>\\d+)$" $seconds$fraction; }
  log_format sluice escape=json '{"time":$sluice_ms,"backend":"$sluice_slot","server":"$upstream_addr","status":"$status","first_s":"$upstream_header_time","total_s":$request_time,"bytes":$bytes_sent}';
${upstream('stable', given.stable)}
${upstream('canary', given.canary)}
  server {
    listen ${given.bind};
    access_log ${given.log} sluice;
    # a reload closes connections that wait for a further request, and one that arrives just then is lost
    keepalive_timeout 0;
    location / {
      proxy_pass http://$sluice_slot;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_set_header host $host;
      proxy_buffering off;
      proxy_read_timeout ${silence};
      # one answer a request: a second try would hide the first server's fault
      proxy_next_upstream off;
    }
  }
  server {
    listen ${given.status};
    access_log off;
    location = /split { default_type text/plain; return 200 $sluice_split; }
  }
}
`;
}
