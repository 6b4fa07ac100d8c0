import { resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import type { OnlineEvaluation } from '@sluice/online-evaluation';
import {
  type RequestLogLine,
  requestLogLine,
  requestLogOf,
  slotByVersion,
  sourceLines,
} from '@sluice/telemetry';
import { sourceParts } from '../metrics.ts';

/**
 * The request log that an online evaluation draws from.
 * @param source the metric source, as the state keeps it
 * @param versions those of the slots; every other version is the other slot's
 * @throws UserError where neither the document nor the source names one
 */
export function requestLog(
  document: OnlineEvaluation,
  source: string,
  workspace: string,
  versions: { readonly stable?: string; readonly canary?: string } = {},
): RequestLogLine {
  if (document.log !== undefined)
    return { path: resolve(workspace, document.log), slotOf: slotByVersion(versions) };
  const line = sourceLines(sourceParts(source).metrics).find((text) => requestLogOf(text) !== undefined);
  if (line !== undefined) return requestLogLine(line, versions);
  throw new UserError(
    "online-evaluation draws its sample from a structured request log, and none is named: give its key 'log', or a line requests:<path> in metrics.",
  );
}
