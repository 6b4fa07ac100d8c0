import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import type { Env } from '@sluice/store';

/** Where figures are written to. `shown` holds no credentials. */
export type HistoryTarget =
  | { readonly kind: 'influxdb'; readonly url: URL; readonly authorization?: string; readonly shown: string }
  | {
      readonly kind: 'pushgateway';
      readonly url: URL;
      readonly authorization?: string;
      readonly shown: string;
    }
  | { readonly kind: 'line-protocol' | 'textfile'; readonly path: string; readonly shown: string };

const ALLOWED =
  'allowed are influxdb+https://<host>?org=<org>&bucket=<bucket> (v2, v3), influxdb+https://<host>?db=<database> (v1), pushgateway+https://<host>, <file>.lp (line protocol, lines are added) and <file>.prom (Prometheus text, replaced)';

/**
 * Reads one target.
 *
 * @throws {UserError} with what is allowed; credentials in an address are refused, since it is shown
 */
export function historyTarget(given: string, workspace: string, env: Env): HistoryTarget {
  const scheme = /^(influxdb|pushgateway)\+(https?:\/\/.+)$/i.exec(given);
  if (scheme) {
    const [, kind = '', address = ''] = scheme;
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url) throw new UserError(`history: '${given}' is no address; ${ALLOWED}`);
    if (url.username || url.password)
      throw new UserError(
        `history: the address of ${url.host} holds a user or a password; leave them out and set ${kind === 'influxdb' ? 'INFLUX_TOKEN (v2), or INFLUX_USERNAME and INFLUX_PASSWORD (v1)' : 'PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD'}`,
      );
    return kind.toLowerCase() === 'influxdb' ? influxdb(url, env) : pushgateway(url, env);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given)) throw new UserError(`history: '${given}'; ${ALLOWED}`);
  const path = resolve(workspace, given);
  if (given.endsWith('.lp')) return { kind: 'line-protocol', path, shown: given };
  if (given.endsWith('.prom')) return { kind: 'textfile', path, shown: given };
  throw new UserError(`history: '${given}'; ${ALLOWED}`);
}

/** Write APIs of v2 and v3 (`/api/v2/write`) and of v1 (`/write`): docs.influxdata.com, "InfluxDB HTTP API". */
function influxdb(address: URL, env: Env): HistoryTarget {
  const query = address.searchParams;
  const v1 = query.get('db');
  if (v1 === null && !(query.get('org') && query.get('bucket')))
    throw new UserError(
      `history: ${address.host} needs ?org=<org>&bucket=<bucket> (InfluxDB 2 and 3) or ?db=<database> (InfluxDB 1)`,
    );
  const url = new URL(address);
  url.pathname = `${address.pathname.replace(/\/+$/, '')}${v1 === null ? '/api/v2/write' : '/write'}`;
  url.searchParams.set('precision', 'ms');
  const authorization = env.INFLUX_TOKEN
    ? `Token ${env.INFLUX_TOKEN}`
    : basic(env.INFLUX_USERNAME, env.INFLUX_PASSWORD);
  return {
    kind: 'influxdb',
    url,
    ...(authorization ? { authorization } : {}),
    shown: `InfluxDB at ${address.host}`,
  };
}

function pushgateway(url: URL, env: Env): HistoryTarget {
  const authorization = env.PROMETHEUS_TOKEN
    ? `Bearer ${env.PROMETHEUS_TOKEN}`
    : basic(env.PROMETHEUS_USERNAME, env.PROMETHEUS_PASSWORD);
  return {
    kind: 'pushgateway',
    url,
    ...(authorization ? { authorization } : {}),
    shown: `the Pushgateway at ${url.host}`,
  };
}

const basic = (user: string | undefined, password: string | undefined): string | undefined =>
  user ? `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` : undefined;
