import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { requestLogOf, sourceLines } from '@sluice/telemetry';

/** A line of the state's metric source that says which online evaluation the rollout was begun with. */
const ONLINE = /^online-evaluation:(sha256:[0-9a-f]{64})$/;

/** What is given beside the sources. */
interface Beside {
  /** Digest of the online evaluation's document. */
  readonly online?: string | undefined;
  /** Whose metric names a Prometheus has, where its address does not say it. */
  readonly engine?: string | undefined;
}

/**
 * The metric source as the state keeps it: later ticks run in other folders, and others read the state.
 * @throws UserError where it holds a password.
 */
export function metricSource(
  metrics: string,
  host: Pick<Host, 'workspace'>,
  { online, engine }: Beside = {},
): string {
  const lines = sourceLines(metrics).map((line) => kept(line, host.workspace, engine));
  return [...lines, ...(online === undefined ? [] : [`online-evaluation:${online}`])].join('\n');
}

function kept(line: string, workspace: string, engine: string | undefined): string {
  if (/^https?:/.test(line)) {
    const url = URL.parse(line);
    if (url && (url.username !== '' || url.password !== ''))
      throw new UserError(
        'metrics holds a user or a password, and the state of the rollout would hold it too: take it out of the address and set PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD, or PROMETHEUS_TOKEN',
      );
    if (engine === undefined || url === null || url.searchParams.has('family')) return line;
    return `${line}${line.includes('?') ? '&' : '?'}family=${engine}`;
  }
  const log = requestLogOf(line);
  if (log !== undefined)
    return `requests:${resolve(workspace, log)}${line.slice('requests:'.length + log.length)}`;
  return /^[a-z][a-z0-9+.-]*:/i.test(line) ? line : resolve(workspace, line);
}

/** What a state's metric source is made of. */
export function sourceParts(source: string): {
  /** As `openMetrics` takes it. */
  readonly metrics: string;
  /** Digest of the online evaluation's document; undefined: there is none. */
  readonly online: string | undefined;
} {
  const lines = sourceLines(source);
  return {
    metrics: lines.filter((line) => !ONLINE.test(line)).join('\n'),
    online: lines.map((line) => ONLINE.exec(line)?.[1]).find((digest) => digest !== undefined),
  };
}
