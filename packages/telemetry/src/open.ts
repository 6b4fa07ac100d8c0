import { nearest, quote, UserError } from '@sluice/contract';
import type { AccessLogOptions } from './access-log/source.ts';
import type { MetricSource } from './source.ts';

/** What the input `metrics` and the router say about where figures come from. */
export interface MetricsOptions {
  /**
   * Address of a Prometheus (`http(s)://…`, with `?family=…&stable=…&canary=…` as needed), or the path of a gateway's JSON
   * access log.
   */
  readonly metrics: string;
  /** How the slots are named: backends in a log, in a Prometheus the family's label. Default `stable` and `canary`. */
  readonly stable?: string;
  readonly canary?: string;
  /** Metric names of a Prometheus, where its address does not say it. Default `haproxy`. */
  readonly family?: string;
  /** Bearer token of a Prometheus. A user and a password may stand in its address. */
  readonly token?: string;
  /** Length of a step in milliseconds. Default: one minute. */
  readonly step?: number;
  /** Limit of one query, milliseconds. Default 30,000. */
  readonly timeout?: number;
  readonly frontend?: string;
  readonly bucketOf?: AccessLogOptions['bucketOf'];
}

const KEYS = ['family', 'stable', 'canary'] as const;

/**
 * Opens the source that is meant. Nothing is read yet.
 * @throws UserError where it is neither an address nor a path
 */
export async function openMetrics(options: MetricsOptions): Promise<MetricSource> {
  const { metrics } = options;
  if (/^https?:\/\//.test(metrics)) return await openPrometheus(options);
  if (metrics.trim() === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(metrics))
    throw new UserError(
      `metrics ${quote(metrics)} is no source. Allowed: the address of a Prometheus (http://host:9090) or the path of an access log.`,
    );
  const { AccessLog } = await import('./access-log/source.ts');
  const { stable, canary, frontend, step, bucketOf } = options;
  return new AccessLog({
    path: metrics,
    ...(stable === undefined ? {} : { stable }),
    ...(canary === undefined ? {} : { canary }),
    ...(frontend === undefined ? {} : { frontend }),
    ...(step === undefined ? {} : { step }),
    ...(bucketOf === undefined ? {} : { bucketOf }),
  });
}

async function openPrometheus(options: MetricsOptions): Promise<MetricSource> {
  const url = parseUrl(options.metrics);
  const said: { [key in (typeof KEYS)[number]]?: string } = {};
  for (const [key, value] of url.searchParams) {
    const known = KEYS.find((k) => k === key);
    if (!known || value === '') {
      const near = nearest(key, KEYS);
      throw new UserError(
        `metrics ${quote(shown(url))} has ${known ? 'an empty' : 'the unknown part'} ${quote(key)}.${near && !known ? ` Did you mean ${near}?` : ''} Allowed: ${KEYS.join(', ')}.`,
      );
    }
    said[known] = value;
  }
  const { familyNamed, slotMatch } = await import('./prometheus/families.ts');
  const { Prometheus } = await import('./prometheus/client.ts');
  const { PrometheusSource } = await import('./prometheus/source.ts');
  const family = familyNamed(said.family ?? options.family ?? 'haproxy');
  const address = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return new PrometheusSource({
    prometheus: new Prometheus({
      url: address,
      token: options.token,
      user: url.username === '' ? undefined : decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      timeout: options.timeout ?? 30_000,
    }),
    name: `Prometheus at ${address}`,
    family,
    stable: slotMatch(said.stable ?? options.stable ?? 'stable', family.label),
    canary: slotMatch(said.canary ?? options.canary ?? 'canary', family.label),
    ...(options.step === undefined ? {} : { step: options.step }),
  });
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new UserError(`metrics ${quote(text)} is no address, such as http://prometheus:9090.`);
  }
}

/** The address without the secret that may stand in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}${url.search}`;
}
