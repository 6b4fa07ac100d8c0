import type { GatesDocument } from '@sluice/evaluation';
import type { Context } from './context.ts';

/** How results are read, as the gates and the inputs say. */
export async function readOptions(context: Context, gates: GatesDocument) {
  return {
    format: context.inputs.format,
    ...(gates.columns ? { columns: gates.columns } : {}),
    predictions: gates.scores,
    positive: gates.positive === undefined ? undefined : String(gates.positive),
    words:
      gates.chinese === 'characters'
        ? undefined
        : await (await import('./words.ts')).wordCutter(context, gates),
  };
}
