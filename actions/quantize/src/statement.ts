import type { KeyObject } from 'node:crypto';
import type { Inputs, RecordRef } from '@sluice/contract';
import type { QuantizingResult } from '@sluice/engines';
import type { Host } from '@sluice/host';
import { appendStatement, quantizationStatement } from '@sluice/record';
import type { PutModel, Store } from '@sluice/store';
import { definition } from './definition.ts';
import type { Sources } from './sources.ts';
import { VERSION } from './version.ts';

/** Appends what was quantized from what to the run's record; gives the record with it. */
export async function stated(
  runId: string,
  inputs: Inputs<(typeof definition)['inputs']>,
  sources: Sources,
  made: { readonly model: PutModel; readonly result: QuantizingResult; readonly startedAt: Date },
  { store, host, key }: { readonly store: Store; readonly host: Host; readonly key: KeyObject | undefined },
): Promise<RecordRef> {
  const { invocation, repository, commit, ref } = host.source;
  const { adapter, calibration, identity, model } = sources;
  const statement = quantizationStatement({
    runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    startedAt: made.startedAt,
    finishedAt: host.now(),
    model: made.model.digest,
    modelRef: made.model.ref,
    from: identity,
    fromRefs: adapter ? { baseModel: model.ref, adapter: adapter.ref } : { model: model.ref },
    engine: inputs.engine,
    scheme: inputs.scheme,
    ...(calibration ? { calibrationData: calibration.digest } : {}),
    metrics: measured(made.result),
  });
  return (await appendStatement(store, runId, statement, { prior: inputs.record, key })).ref;
}

/** What was measured, under the names of the tracking server and the record. */
export function measured(result: QuantizingResult): Record<string, number> {
  const { score, originalScore } = result;
  return {
    'quantized-size-bytes': result.sizeBytes,
    'compression-ratio': result.originalBytes / result.sizeBytes,
    agreement: result.agreement,
    ...(score === null || originalScore === null
      ? {}
      : { 'quantized-score': score, 'original-score': originalScore }),
  };
}
