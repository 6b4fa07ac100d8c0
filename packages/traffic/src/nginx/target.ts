import { nearest, quote, UserError } from '@sluice/contract';

/** What an NGINX target names. */
export interface NginxTarget {
  /** The split file, which NGINX includes and the driver owns. */
  readonly file: string;
  /** NGINX's pid file: the process that is told to reload. */
  readonly pidFile: string;
  /** Where NGINX says which split it runs with. */
  readonly status: string;
}

const KEYS = ['reload', 'status'] as const;
const FORM = '/path/of/split.conf?status=http://127.0.0.1:<port>/<path>&reload=/run/nginx.pid';

/**
 * Parses `/path/of/split.conf?status=…&reload=…`; `reload` is NGINX's pid file, by default `/run/nginx.pid`.
 * @throws UserError for anything else
 */
export function parseNginxTarget(target: string): NginxTarget {
  const wrong = (what: string): UserError =>
    new UserError(`target ${quote(target)} ${what}. Allowed: ${FORM}.`);
  const at = target.indexOf('?');
  const file = at < 0 ? target : target.slice(0, at);
  if (!file.startsWith('/') || file.endsWith('/') || file.includes('\0'))
    throw wrong('names no absolute path of a split file');
  const query: { [key in (typeof KEYS)[number]]?: string } = {};
  for (const [key, value] of new URLSearchParams(at < 0 ? '' : target.slice(at + 1))) {
    const known = KEYS.find((k) => k === key);
    if (!known) {
      const near = nearest(key, KEYS);
      throw wrong(`has the unknown part ${quote(key)}${near ? `; did you mean ${near}?` : ''}`);
    }
    if (query[known] !== undefined) throw wrong(`has ${key} twice`);
    query[known] = value;
  }
  const { reload = '/run/nginx.pid', status } = query;
  if (!reload.startsWith('/'))
    throw wrong(`has reload=${quote(reload)}: the absolute path of NGINX's pid file is needed`);
  if (status === undefined) throw wrong('has no status=, by which NGINX says the split it runs with');
  if (!/^https?:\/\/[^\s]+$/.test(status) || !URL.canParse(status))
    throw wrong(`has status=${quote(status)}, which is no address`);
  return { file, pidFile: reload, status };
}
