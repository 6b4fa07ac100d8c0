import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import type { OnlineEvaluation } from '@sluice/online-evaluation';
import { requestLogOf, sourceLines } from '@sluice/telemetry';
import { sourceParts } from '../metrics.ts';

/**
 * Path of the request log that an online evaluation draws from.
 * @param source the metric source, as the state keeps it
 * @throws UserError where neither the document nor the source names one
 */
export function requestLog(document: OnlineEvaluation, source: string, workspace: string): string {
  if (document.log !== undefined) return resolve(workspace, document.log);
  const path = sourceLines(sourceParts(source).metrics)
    .map(requestLogOf)
    .find((log) => log !== undefined);
  if (path !== undefined) return path;
  throw new UserError(
    "online-evaluation draws its sample from a structured request log, and none is named: give its key 'log', or a line requests:<path> in metrics.",
  );
}
