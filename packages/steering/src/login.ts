import { resolve } from 'node:path';
import { type MetricsOptions, sourceLines } from '@sluice/telemetry';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The sources that `metrics` names, with what this job's environment says to a Prometheus: PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and
 * PROMETHEUS_PASSWORD; PROMETHEUS_CA_FILE, PROMETHEUS_CERT_FILE and PROMETHEUS_KEY_FILE are PEM files, a relative path begins in `folder`.
 */
export function withLogin(
  metrics: string,
  env: Env,
  folder: string,
): Pick<MetricsOptions, 'metrics' | 'token' | 'tls'> {
  const token = env['PROMETHEUS_TOKEN'];
  return { metrics: named(metrics, env), tls: files(env, folder), ...(token ? { token } : {}) };
}

function named(metrics: string, env: Env): string {
  const [user, password] = [env['PROMETHEUS_USERNAME'], env['PROMETHEUS_PASSWORD']];
  if (!user) return metrics;
  return sourceLines(metrics)
    .map((line) => {
      const url = /^https?:/.test(line) ? URL.parse(line) : null;
      if (!url) return line;
      url.username = encodeURIComponent(user);
      url.password = encodeURIComponent(password ?? '');
      return url.href;
    })
    .join('\n');
}

function files(env: Env, folder: string): NonNullable<MetricsOptions['tls']> {
  const at = (name: string): string | undefined => {
    const path = env[name];
    return path ? resolve(folder, path) : undefined;
  };
  const [ca, cert, key] = [at('PROMETHEUS_CA_FILE'), at('PROMETHEUS_CERT_FILE'), at('PROMETHEUS_KEY_FILE')];
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}
