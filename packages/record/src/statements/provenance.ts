import type { Digest, ImageRef, ModelDigest } from '@sluice/contract';
import { type Identity, type Places, subjectsOf } from './identity.ts';
import { type Maker, OWN, written } from './maker.ts';
import {
  type ResourceDescriptor,
  resource,
  STATEMENT_TYPE,
  type Statement,
  type Subject,
} from './statement.ts';

/** SLSA build provenance v1: how something was made, and from what. */
export const PROVENANCE = 'https://slsa.dev/provenance/v1';

/** The `buildType` of each kind of making. */
export const BUILD_TYPES = {
  training: `${OWN}:buildtype:llm-train:v1`,
  quantization: `${OWN}:buildtype:llm-quantize:v1`,
  image: `${OWN}:buildtype:llm-image:v1`,
} as const;

/** The part of SLSA provenance v1 that is written here. */
export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: Readonly<Record<string, unknown>> & { readonly run_id: string };
    readonly internalParameters?: Readonly<Record<string, unknown>>;
    readonly resolvedDependencies: readonly ResourceDescriptor[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
    readonly metadata: {
      readonly invocationId: string;
      readonly startedOn: string;
      readonly finishedOn: string;
    };
    readonly byproducts?: readonly ResourceDescriptor[];
  };
}

interface Made {
  readonly runId: string;
  readonly maker: Maker;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** An adapter was trained on a base model and a data set. Subject: the adapter. */
export function trainingStatement(
  made: Made & {
    readonly adapter: ModelDigest;
    /** Where the adapter lies, as a ModelRef. */
    readonly adapterRef: string;
    readonly baseModel: ModelDigest;
    readonly baseModelRef?: string;
    readonly dataVersion: Digest;
    readonly datasetUri?: string;
    readonly hyperparametersDigest: Digest;
    /** The locked dependencies. */
    readonly environmentDigest: Digest;
    readonly engine: string;
    /** Whatever else was measured: loss, steps. Finite numbers. */
    readonly metrics?: Readonly<Record<string, number>>;
  },
): Statement<Provenance> {
  return provenance(
    made,
    BUILD_TYPES.training,
    [resource('adapter', made.adapter, made.adapterRef)],
    [
      resource('base-model', made.baseModel, made.baseModelRef),
      resource('dataset', made.dataVersion, made.datasetUri),
      resource('hyperparameters', made.hyperparametersDigest),
      resource('environment', made.environmentDigest),
    ],
    { engine: made.engine, hyperparameters_digest: made.hyperparametersDigest },
    made.metrics,
  );
}

/** A model was merged and quantized. Subject: the new model. */
export function quantizationStatement(
  made: Made & {
    readonly model: ModelDigest;
    readonly modelRef: string;
    /** What it was made from. */
    readonly from: Identity;
    readonly fromRefs?: Places;
    readonly engine: string;
    readonly scheme: string;
    readonly calibrationData?: Digest;
    readonly metrics?: Readonly<Record<string, number>>;
  },
): Statement<Provenance> {
  const sources = subjectsOf(made.from, made.fromRefs).map((s) =>
    s.name === 'model' ? { ...s, name: 'source-model' } : s,
  );
  return provenance(
    made,
    BUILD_TYPES.quantization,
    [resource('model', made.model, made.modelRef)],
    made.calibrationData ? [...sources, resource('calibration-data', made.calibrationData)] : sources,
    { engine: made.engine, scheme: made.scheme },
    made.metrics,
  );
}

/** An image was built around an identity. Subject: the image, by the digest that the registry gave back. */
export function imageStatement(
  made: Made & {
    readonly image: ImageRef;
    readonly identity: Identity;
    readonly places?: Places;
    readonly baseImage?: ImageRef;
    readonly version?: string;
    readonly serveEngine: string;
  },
): Statement<Provenance> {
  const dependencies = subjectsOf(made.identity, made.places);
  return provenance(
    made,
    BUILD_TYPES.image,
    [imageResource('image', made.image)],
    made.baseImage ? [...dependencies, imageResource('base-image', made.baseImage)] : dependencies,
    { serve_engine: made.serveEngine, ...(made.version === undefined ? {} : { version: made.version }) },
  );
}

/** An image as a resource: its URI is the whole reference. */
export function imageResource(name: string, image: ImageRef): Subject {
  return resource(name, image.slice(image.indexOf('@') + 1) as Digest, image);
}

function provenance(
  { runId, maker, startedAt, finishedAt }: Made,
  buildType: string,
  subject: readonly Subject[],
  dependencies: readonly ResourceDescriptor[],
  parameters: Readonly<Record<string, unknown>>,
  metrics?: Readonly<Record<string, number>>,
): Statement<Provenance> {
  const source: ResourceDescriptor[] = maker.commit
    ? [
        {
          name: 'source',
          uri: `git+${maker.repository ?? 'local'}${maker.ref ? `@${maker.ref}` : ''}`,
          digest: { gitCommit: maker.commit },
        },
      ]
    : [];
  return {
    _type: STATEMENT_TYPE,
    subject,
    predicateType: PROVENANCE,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: { run_id: runId, ...parameters },
        resolvedDependencies: [...source, ...dependencies],
        ...(metrics ? { internalParameters: { metrics } } : {}),
      },
      runDetails: {
        builder: { id: `${OWN}:action:${maker.action}`, version: { [maker.action]: maker.version } },
        metadata: {
          invocationId: maker.invocation,
          startedOn: written(startedAt),
          finishedOn: written(finishedAt),
        },
      },
    },
  };
}
