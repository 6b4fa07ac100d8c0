/** One figure of one version, for systems that keep time series. */
export interface Figure {
  /** Whole: `[task/]metric[@filter]`. */
  readonly name: string;
  /** Finite. */
  readonly value: number;
  /** The bounds that decided, where a gate asked for them; finite ones are kept. */
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

/** The figures of one version, as one decision saw them. */
export interface VersionFigures {
  /** The registered model; undefined where none is registered. */
  readonly model: string | undefined;
  /** `<name>-v<semver>`; undefined where the candidate became no version. */
  readonly version: string | undefined;
  readonly runId: string;
  readonly commit: string | undefined;
  readonly decision: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly figures: readonly Figure[];
}

/** The parts of `[task/]metric[@filter]`; a task may hold slashes itself. */
export function partsOf(name: string): {
  readonly task: string;
  readonly metric: string;
  readonly filter: string;
} {
  const at = name.lastIndexOf('@');
  const [whole, filter] = at > 0 ? [name.slice(0, at), name.slice(at + 1)] : [name, ''];
  const slash = whole.lastIndexOf('/');
  return {
    task: slash > 0 ? whole.slice(0, slash) : '',
    metric: whole.slice(slash > 0 ? slash + 1 : 0),
    filter,
  };
}
