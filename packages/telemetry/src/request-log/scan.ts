import { RotatedLog } from '../log-file/rotated-log.ts';
import { Faults } from './faults.ts';
import { type LoggedRequest, parseRequest } from './line.ts';
import { LONGEST_REQUEST, requestTime } from './source.ts';

export interface Scanned {
  /** Time of the newest request in the log; undefined where it has none. */
  readonly newest: Date | undefined;
  /** What could not be used. */
  readonly notes: readonly string[];
}

/**
 * Hands each request that ended in [from, to) to `visit`, in the order of the log and its rotated files; no more than a line is
 * held in memory.
 * @throws UserError where the log is missing or may not be read
 */
export async function scanRequests(
  path: string,
  { from, to }: { readonly from: Date; readonly to: Date },
  visit: (request: LoggedRequest) => void,
  signal?: AbortSignal,
): Promise<Scanned> {
  const faults = new Faults();
  let newest: number | undefined;
  const log = requestLog(path, (line, cut) => {
    const request = parseRequest(line);
    if (typeof request === 'string') {
      if (!cut) faults.unread(request);
      return;
    }
    newest = Math.max(newest ?? 0, request.time);
    if (request.time < from.getTime() || request.time >= to.getTime()) return;
    faults.request(request.requestId === undefined ? ['request_id'] : []);
    visit(request);
  });
  await log.readFrom(from.getTime(), signal);
  return {
    newest: newest === undefined ? undefined : new Date(newest),
    notes: [...log.problems, ...faults.notes()],
  };
}

/**
 * When the newest request of a log ended; undefined where it has none.
 * @throws UserError where the log is missing or may not be read
 */
export async function newestRequest(path: string, signal?: AbortSignal): Promise<Date | undefined> {
  const newest = await requestLog(path, () => {}).newest(signal);
  return newest === undefined ? undefined : new Date(newest);
}

function requestLog(path: string, take: (line: string, cut: boolean) => void): RotatedLog {
  return new RotatedLog({
    path,
    kind: 'request log',
    timeOf: requestTime,
    longestLine: LONGEST_REQUEST,
    forget: () => {},
    take,
  });
}
