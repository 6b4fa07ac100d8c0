import { type Inputs, type Outputs, type RecordRef, UserError, version } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { appendStatement, imageStatement } from '@sluice/record';
import { openStore, type Store } from '@sluice/store';
import { type Built, build } from './build.ts';
import { assemble } from './context.ts';
import type { definition } from './definition.ts';
import { type Approved, approved } from './proof.ts';
import { writeSbom } from './sbom.ts';
import { VERSION } from './version.ts';

type In = Inputs<(typeof definition)['inputs']>;
type Out = Outputs<(typeof definition)['outputs']>;

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const record = inputs.record;
  if (!record) {
    throw new UserError(
      "an image needs a record that proves the gate's approval: pass `record` (and `run-id`) from eval-gate",
    );
  }
  const trackingUri = inputs['tracking-uri'] ?? host.env['MLFLOW_TRACKING_URI'];
  const store = await openStore({
    trackingUri,
    workspace: host.workspace,
    env: host.env,
    signal: host.signal,
  });
  if (store.note) host.log.info(store.note);
  const startedAt = host.now();
  const proof = await approved(inputs, record, store);
  if (inputs.deploy === false)
    return refused(proof, record, 'deploy is false: the gate did not approve this model');
  if (proof.refused !== undefined) return refused(proof, record, proof.refused);
  host.log.info(proof.because);

  const context = await host.log.group('Files of the image', () =>
    assemble(inputs, proof, store, trackingUri, host),
  );
  if (inputs['dry-run'])
    return {
      outputs: unbuilt(proof, record),
      sentence: `would build ${inputs.image} for ${version.format(proof.version)}`,
    };
  const built = await host.log.group('Build', () => build(inputs, proof, context, host));
  const sbom = inputs.sbom ? await writeSbom(proof, context, built, host) : 'none';
  const withImage = built.pushed ? await stated(inputs, proof, built, store, host, startedAt) : record;
  return {
    outputs: {
      image: built.pushed?.image ?? 'none',
      digest: built.pushed?.digest ?? 'none',
      version: proof.version,
      'size-bytes': built.pushed?.size ?? context.bytes,
      sbom,
      'run-id': proof.runId,
      record: withImage,
    },
    sentence: built.pushed ? `pushed ${built.pushed.image}` : `built ${built.name}, not pushed`,
  };
}

const unbuilt = (proof: Approved, record: RecordRef): Out => ({
  image: 'none',
  digest: 'none',
  version: proof.version,
  'size-bytes': 0,
  sbom: 'none',
  'run-id': proof.runId,
  record,
});

const refused = (
  proof: Approved,
  record: RecordRef,
  reason: string,
): Outcome<(typeof definition)['outputs']> => ({
  outputs: unbuilt(proof, record),
  refused: reason,
  always: true,
});

async function stated(
  inputs: In,
  proof: Approved,
  { pushed }: Built,
  store: Store,
  host: Host,
  startedAt: Date,
): Promise<RecordRef> {
  const { invocation, repository, commit, ref } = host.source;
  const statement = imageStatement({
    runId: proof.runId,
    maker: { action: 'build-vllm-image', version: VERSION, invocation, repository, commit, ref },
    startedAt,
    finishedAt: host.now(),
    image: (pushed as NonNullable<Built['pushed']>).image,
    identity: proof.identity,
    version: version.format(proof.version),
    serveEngine: inputs['serve-engine'],
  });
  return (await appendStatement(store, proof.runId, statement, { prior: inputs.record })).ref;
}
