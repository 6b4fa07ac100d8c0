import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';

/**
 * The metric source as the state keeps it: later ticks run in other folders, and others read the state.
 * @throws UserError where it holds a password.
 */
export function metricSource(metrics: string, host: Pick<Host, 'workspace'>): string {
  if (!/^https?:/.test(metrics)) return resolve(host.workspace, metrics);
  const url = URL.parse(metrics);
  if (url && (url.username !== '' || url.password !== ''))
    throw new UserError(
      'metrics holds a user or a password, and the state of the rollout would hold it too: take it out of the address and set PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD, or PROMETHEUS_TOKEN',
    );
  return metrics;
}

/** The address with the login of this job's environment. */
export function withLogin(metrics: string, env: Host['env']): string {
  const [user, password] = [env['PROMETHEUS_USERNAME'], env['PROMETHEUS_PASSWORD']];
  if (!user) return metrics;
  const url = new URL(metrics);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password ?? '');
  return url.href;
}
