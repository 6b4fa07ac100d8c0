export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface Metric {
  readonly key: string;
  /** NaN and infinities are what a loss may become; they are kept as such. */
  readonly value: number;
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export type Params = Readonly<Record<string, string | number | boolean>>;
export type Tags = Readonly<Record<string, string>>;

export interface TrackedRun {
  readonly runId: string;
  readonly name: string;
  readonly experiment: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Tags;
}

export interface NewRun {
  readonly experiment: string;
  readonly name?: string | undefined;
  readonly tags?: Tags;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface ModelVersion {
  readonly name: string;
  /** The registry's own number. */
  readonly version: string;
  /** Where its bytes lie: `runs:/<run-id>/<path>` or a URI of the store. */
  readonly source: string;
  readonly runId?: string;
  readonly tags: Tags;
  readonly aliases: readonly string[];
}

export interface AliasMove {
  readonly version: string;
  /** What the alias named before; undefined: it is new. */
  readonly previous: string | undefined;
}

/** Names a model's versions; an alias names one of them. */
export interface Registry {
  /** Makes the model where there is none. */
  ensureModel(name: string): Promise<void>;
  /** A version with the same source, run and tags is not made twice: a repeated step finds its own. */
  createVersion(version: {
    readonly name: string;
    readonly source: string;
    readonly runId: string;
    readonly tags?: Tags;
  }): Promise<ModelVersion>;
  /** Undefined where there is no such model or alias. */
  getAlias(name: string, alias: string): Promise<ModelVersion | undefined>;
  /**
   * Moves an alias and reads it again: no registry has compare-and-set.
   *
   * @throws {SystemError} when somebody else moved it meanwhile
   */
  setAlias(name: string, alias: string, version: string): Promise<AliasMove>;
  deleteAlias(name: string, alias: string): Promise<void>;
  /** Newest first; none where there is no such model. */
  versions(name: string): Promise<readonly ModelVersion[]>;
  setVersionTag(name: string, version: string, key: string, value: string): Promise<void>;
}

/** Where runs are written down: their parameters, curves, tags, and the versions made from them. */
export interface Tracker {
  readonly kind: 'mlflow' | 'wandb' | 'folder';
  /** Without credentials. */
  readonly uri: string;
  /** The run's page; undefined where there is none. */
  pageOf(run: Pick<TrackedRun, 'runId'>): Promise<string | undefined>;
  startRun(run: NewRun): Promise<TrackedRun>;
  logParams(runId: string, params: Params): Promise<void>;
  logMetrics(runId: string, metrics: readonly Metric[]): Promise<void>;
  setTags(runId: string, tags: Tags): Promise<void>;
  finish(runId: string, status: 'FINISHED' | 'FAILED' | 'KILLED', finishedAt: number): Promise<void>;
  getRun(runId: string): Promise<TrackedRun | undefined>;
  /** Runs that have all these tags, newest first. */
  findRuns(
    tags: Tags,
    options: { readonly experiment: string; readonly limit?: number },
  ): Promise<readonly TrackedRun[]>;
  readonly registry: Registry;
  /** Waits until all that was told is written, and ends what the tracker keeps open. Call it last. */
  close(): Promise<void>;
}
