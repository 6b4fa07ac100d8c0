import type { Digest, ImageRef, ModelDigest } from '@sluice/contract';
import { type Identity, identityOf, sameIdentity } from '../statements/identity.ts';
import { BUILD_TYPES, PROVENANCE, type Provenance } from '../statements/provenance.ts';
import { digestOfResource, type ResourceDescriptor, type Statement } from '../statements/statement.ts';
import { isGate } from './approval.ts';
import type { RunRecord } from './run-record.ts';

export interface NamedModel {
  readonly digest: ModelDigest;
  /** ModelRef; undefined where the statement names no place. */
  readonly ref?: string;
}

export interface NamedImage {
  readonly image: ImageRef;
  /** What the image carries. */
  readonly identity: Identity;
  readonly version?: string;
}

/** What a run's record names. Where several statements name the same thing, the latest counts. */
export interface Named {
  readonly runId?: string;
  readonly commit?: string;
  readonly adapter?: NamedModel;
  readonly baseModel?: NamedModel;
  /** Merged or quantized. */
  readonly model?: NamedModel;
  readonly dataVersion?: Digest;
  readonly image?: NamedImage;
  /** The version that the gate registered, with the registry's own number. */
  readonly version?: string;
  readonly registryVersion?: string;
  /** Measured by the gate that judged last. */
  readonly metrics?: Readonly<Record<string, number>>;
}

type Writable = { -readonly [K in keyof Named]: Named[K] };

/** Reads what a record names; only statements that may be believed are read. */
export function namedBy(record: RunRecord): Named {
  const named: Writable = {};
  let judged: Writable = {};
  for (const { statement } of [...record.statements].sort(byTime)) {
    if (isProvenance(statement)) {
      const made = madeBy(statement);
      for (const part of ['adapter', 'baseModel', 'model'] as const) {
        // a statement that names no place does not make a known place unknown
        const again = made[part]?.ref === undefined && made[part]?.digest === named[part]?.digest;
        if (again) delete made[part];
      }
      Object.assign(named, made);
    } else if (isGate(statement)) {
      const { run_id, version, registry_version, metrics } = statement.predicate.sluice;
      if (run_id !== undefined) named.runId = run_id;
      if (version !== undefined) named.version = version;
      if (registry_version !== undefined) named.registryVersion = registry_version;
      if (metrics !== undefined) named.metrics = metrics;
      judged = partsOf(statement.subject);
    }
  }
  // a run that trained nothing: its model is what the gate judged
  return identityNamed(named) ? named : { ...judged, ...named };
}

/** The identity that a run deploys: its merged or quantized model, else its adapter on its base model. */
export function identityNamed(named: Named): Identity | undefined {
  if (named.model) return { model: named.model.digest };
  return named.adapter && named.baseModel
    ? { baseModel: named.baseModel.digest, adapter: named.adapter.digest }
    : undefined;
}

/** What an image carries, as the record proves it; undefined where no statement is about that image. */
export function imageNamed(record: RunRecord, image: ImageRef): NamedImage | undefined {
  const found = [...record.statements]
    .sort(byTime)
    .flatMap(({ statement }) => (isProvenance(statement) ? (imageOf(statement) ?? []) : []))
    .filter((named) => named.image.split('@')[1] === image.split('@')[1]);
  const last = found.at(-1);
  // two statements that disagree about one image prove nothing
  return last && found.every((other) => sameIdentity(other.identity, last.identity)) ? last : undefined;
}

function madeBy(statement: Statement<Provenance>): Writable {
  const { buildDefinition } = statement.predicate;
  const among = [...statement.subject, ...buildDefinition.resolvedDependencies];
  const commit = among.find((r) => r.name === 'source')?.digest?.gitCommit;
  const image = imageOf(statement);
  return {
    runId: buildDefinition.externalParameters.run_id,
    ...(commit ? { commit } : {}),
    ...partsOf(among),
    ...dataset(among),
    ...(image ? { image } : {}),
  };
}

function imageOf({ subject, predicate }: Statement<Provenance>): NamedImage | undefined {
  const { buildType, resolvedDependencies, externalParameters } = predicate.buildDefinition;
  const image = subject[0]?.uri;
  const identity = identityOf(resolvedDependencies);
  if (buildType !== BUILD_TYPES.image || image === undefined || !identity) return undefined;
  const version = externalParameters.version;
  return { image: image as ImageRef, identity, ...(typeof version === 'string' ? { version } : {}) };
}

const partsOf = (among: readonly ResourceDescriptor[]): Writable => ({
  ...model('adapter', 'adapter', among),
  ...model('baseModel', 'base-model', among),
  ...model('model', 'model', among),
});

function model<K extends string>(key: K, name: string, among: readonly ResourceDescriptor[]) {
  const found = among.find((r) => r.name === name);
  const digest = found && digestOfResource(found);
  if (!digest) return {};
  const value: NamedModel = {
    digest: digest as ModelDigest,
    ...(found.uri === undefined ? {} : { ref: found.uri }),
  };
  return { [key]: value } as Partial<Record<K, NamedModel>>;
}

function dataset(among: readonly ResourceDescriptor[]): { dataVersion?: Digest } {
  const found = among.find((r) => r.name === 'dataset');
  const dataVersion = found && digestOfResource(found);
  return dataVersion ? { dataVersion } : {};
}

function isProvenance(statement: Statement): statement is Statement<Provenance> {
  const { buildDefinition, runDetails } = statement.predicate as Partial<Provenance>;
  return (
    statement.predicateType === PROVENANCE &&
    Array.isArray(buildDefinition?.resolvedDependencies) &&
    typeof buildDefinition.externalParameters === 'object' &&
    typeof runDetails?.metadata === 'object'
  );
}

type Recorded = RunRecord['statements'][number];

function byTime(a: Recorded, b: Recorded): number {
  return timeOf(a.statement) - timeOf(b.statement) || (a.digest < b.digest ? -1 : 1);
}

/** When a statement was made, in milliseconds since 1970; one without a time is the oldest. */
function timeOf(statement: Statement): number {
  const time = isProvenance(statement)
    ? statement.predicate.runDetails.metadata.finishedOn
    : isGate(statement)
      ? statement.predicate.sluice.finished_on
      : '';
  return Date.parse(time) || 0;
}
