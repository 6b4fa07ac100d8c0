import { type Inputs, type Outputs, version } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { readSigningKey } from '@sluice/record';
import { openStore } from '@sluice/store';
import { build } from './build.ts';
import { assemble } from './context.ts';
import type { definition } from './definition.ts';
import { planOf } from './plan.ts';
import { type Approved, approved } from './proof.ts';
import { writeSbom } from './sbom.ts';
import { stated } from './statement.ts';

type Result = Outcome<(typeof definition)['outputs']>;

export async function run(inputs: Inputs<(typeof definition)['inputs']>, host: Host): Promise<Result> {
  if (inputs.deploy === false)
    return refused('deploy is false: the gate did not approve this model', {
      'run-id': inputs['run-id'] ?? 'none',
      record: inputs.record ?? 'none',
    });
  const { workspace, env, signal } = host;
  const trackingUri = inputs['tracking-uri'] ?? env['MLFLOW_TRACKING_URI'];
  const store = await openStore({ trackingUri, workspace, env, signal });
  if (store.note) host.log.info(store.note);
  const startedAt = host.now();
  const key = await readSigningKey(inputs['signing-key'], host);
  const proof = await approved(inputs, store, host);
  const { record } = proof;
  if (proof.refused !== undefined)
    return refused(proof.refused, { 'run-id': proof.runId, record, version: proof.version });
  host.log.info(proof.because);

  const plan = await planOf(inputs, proof, host);
  if (inputs['dry-run'])
    return {
      outputs: unbuilt(proof),
      sentence: `would build ${plan.names.join(', ')} on ${plan.baseImage} with ${plan.builder}, and ${inputs.push ? 'push it' : 'not push it'}`,
    };
  const context = await host.log.group('Files of the image', () =>
    assemble(inputs, proof, plan, store, trackingUri, host),
  );
  const built = await host.log.group('Build', () => build(inputs, proof, plan, context, host));
  const sbom = inputs.sbom ? await writeSbom(proof, context, built, host) : 'none';
  const { pushed } = built;
  if (!pushed)
    return {
      outputs: { ...unbuilt(proof), 'size-bytes': context.bytes, sbom },
      sentence: `built ${built.name}, not pushed`,
    };
  return {
    outputs: {
      image: pushed.image,
      digest: pushed.digest,
      version: proof.version,
      'size-bytes': pushed.size,
      sbom,
      'run-id': proof.runId,
      record: await stated(inputs, { proof, pushed, startedAt, key }, store, host),
    },
    sentence: `pushed ${pushed.image} (${version.format(proof.version)})`,
  };
}

type Out = Outputs<(typeof definition)['outputs']>;

const unbuilt = (proof: Pick<Approved, 'version' | 'runId' | 'record'>): Out => ({
  image: 'none',
  digest: 'none',
  version: proof.version,
  'size-bytes': 0,
  sbom: 'none',
  'run-id': proof.runId,
  record: proof.record,
});

const refused = (
  reason: string,
  known: Pick<Out, 'run-id' | 'record'> & Partial<Pick<Out, 'version'>>,
): Result => ({
  outputs: { image: 'none', digest: 'none', version: 'none', 'size-bytes': 0, sbom: 'none', ...known },
  refused: reason,
  always: true,
});
