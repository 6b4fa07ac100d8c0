import type { MetricsOptions } from '../metrics-options.ts';
import { readParameters } from '../parameters.ts';
import { type SlotOf, slotByVersion } from './slots.ts';
import { RequestLog } from './source.ts';

/** A request log and whose versions it tells apart. */
export interface RequestLogLine {
  readonly path: string;
  readonly slotOf: SlotOf;
}

/**
 * What `requests:<path>?stable=<version>&canary=<version>` means.
 * @param versions those of the slots, where the line does not name them
 * @throws UserError for a part that nobody knows
 */
export function requestLogLine(
  line: string,
  versions: { readonly stable?: string | undefined; readonly canary?: string | undefined },
): RequestLogLine {
  const [path = '', query = ''] = line.slice('requests:'.length).split('?', 2);
  const said = readParameters(new URLSearchParams(query), ['stable', 'canary'], line);
  const named = said.stable === undefined && said.canary === undefined ? versions : said;
  return { path, slotOf: slotByVersion(named) };
}

export function openRequestLog({ metrics, versions, stable, canary, step }: MetricsOptions): RequestLog {
  return new RequestLog({
    ...requestLogLine(metrics, versions ?? { stable: stable ?? 'stable', canary: canary ?? 'canary' }),
    step,
  });
}
