import type { MetricsOptions } from '../open.ts';
import { readParameters } from '../parameters.ts';
import { slotByVersion } from './slots.ts';
import { RequestLog } from './source.ts';

/** `requests:<path>?stable=<version>&canary=<version>`. */
export function openRequestLog({ metrics, versions, stable, canary, step }: MetricsOptions): RequestLog {
  const [path = '', query = ''] = metrics.slice('requests:'.length).split('?', 2);
  const said = readParameters(new URLSearchParams(query), ['stable', 'canary'], metrics);
  const named =
    (said.stable ?? said.canary)
      ? said
      : (versions ?? { stable: stable ?? 'stable', canary: canary ?? 'canary' });
  return new RequestLog({ path, slotOf: slotByVersion(named), step });
}
