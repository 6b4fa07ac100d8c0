import { quote, UserError } from '@sluice/contract';
import type { MetricsOptions } from '../metrics-options.ts';
import { readParameters } from '../parameters.ts';
import { Prometheus } from './client.ts';
import { familyNamed, slotMatch } from './families/families.ts';
import { PrometheusSource } from './source.ts';
import { postTls, type TlsFiles } from './transport.ts';

/** What may stand behind the `?` of a Prometheus' address. */
const KEYS = ['family', 'stable', 'canary', 'ca', 'cert', 'key'] as const;

/** @throws UserError for an address that is none, an unknown part or family, or TLS files that do not fit */
export async function openPrometheus(options: MetricsOptions): Promise<PrometheusSource> {
  const { prometheus, address, said } = connect(options);
  const name = said.family ?? options.family ?? 'haproxy';
  const family = familyNamed(name);
  return new PrometheusSource({
    prometheus,
    name: family.requests ? `Prometheus at ${address}` : `Prometheus at ${address} (${name})`,
    family,
    stable: slotMatch(said.stable ?? options.stable ?? 'stable', family),
    canary: slotMatch(said.canary ?? options.canary ?? 'canary', family),
    ...(options.step === undefined ? {} : { step: options.step }),
  });
}

/** A client of the Prometheus that the options name, its address without the login, and what its address says beside. */
export function connect(options: MetricsOptions) {
  const url = URL.parse(options.metrics);
  if (!url)
    throw new UserError(`metrics ${quote(options.metrics)} is no address, such as http://prometheus:9090.`);
  const said = readParameters(url.searchParams, KEYS, `${url.origin}${url.pathname}${url.search}`);
  const address = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const tls = tlsOf(said, options.tls, url, address);
  const prometheus = new Prometheus({
    url: address,
    token: options.token,
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    timeout: options.timeout ?? 30_000,
    ...(tls ? { post: postTls(tls) } : {}),
  });
  return { prometheus, address, said };
}

/** Files that the address names count before those of the environment; these are for https alone. */
function tlsOf(said: TlsFiles, given: TlsFiles | undefined, url: URL, address: string): TlsFiles | undefined {
  const own = said.ca ?? said.cert ?? said.key;
  if (url.protocol === 'http:') {
    if (own === undefined) return undefined;
    throw new UserError(`metrics ${quote(address)} names ca, cert or key, but is no https address.`);
  }
  const ca = said.ca ?? given?.ca;
  const { cert, key } = (said.cert ?? said.key) === undefined ? (given ?? {}) : said;
  if ((cert === undefined) !== (key === undefined))
    throw new UserError(
      `metrics ${quote(address)} has a client's ${cert === undefined ? 'key without its certificate' : 'certificate without its key'}: give cert and key.`,
    );
  return ca === undefined && cert === undefined ? undefined : { ca, cert, key };
}
