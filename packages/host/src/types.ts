import type { Definition, DocumentSource, InputSpecs, Inputs, OutputSpecs, Outputs } from '@sluice/contract';
import type { Report } from '@sluice/report';

/** The CI host that is there, as an action sees it. No action asks which one it is. */
export interface Host {
  /** Folder of the user's checkout, absolute. Relative paths of inputs are resolved against it. */
  readonly workspace: string;
  /** Folder of this run alone; removed when the step ends. */
  readonly temp: string;
  /** Bytes worth keeping between runs: SLUICE_CACHE_DIR, else the user's cache folder. */
  readonly cacheDir: string;
  /** Folder of the Python programs that Sluice ships (`peft_train.py`, …), absolute. */
  readonly programs: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted on SIGINT and SIGTERM. Child processes, requests and waits end with it. */
  readonly signal: AbortSignal;
  now(): Date;

  readonly log: Log;
  /** Never show this text: masked in logs, cut out of errors, refused in outputs. */
  mask(secret: string): void;
  /** A finding at a file and line. All are kept for the reports; the host shows as many as it can. */
  annotate(annotation: Annotation): void;
  /** Shows a report: job summary, one comment updated in place (where a token was given), HTML file. Returns the path of the HTML. */
  publish(report: Report, options?: PublishOptions): Promise<string>;
  /** Writes files that the host keeps as artifacts or reports (JUnit, code quality, HTML). Returns absolute paths in the order given. */
  keep(files: readonly KeptFile[]): Promise<string[]>;
  /** What the workflow runs for. */
  readonly source: Source;
  /** The host's cache between runs (GitHub's or GitLab's), beside `cacheDir`, which may be gone on the next machine. */
  readonly cache: RunnerCache;
  /**
   * The text of a Document. One that `decides` (gates, policy, allow-unproven) must be a file of the checked-out commit, unchanged, on
   * hosts where whoever may start a pipeline can overwrite inline text; see `documentText` in document.ts.
   */
  document(
    source: DocumentSource,
    options: { readonly input: string; readonly decides: boolean },
  ): Promise<DocumentText>;
  /** Marks the commit (needs a token; without one it does nothing). */
  commitStatus(status: CommitStatus): Promise<void>;
  /**
   * Tells the host's page of environments what stands before users: a GitHub deployment with its status, a GitLab deployment. The
   * first call of a key makes it, later ones change its state, also from other runs. Needs a token; without one, and on hosts that
   * know no deployments, it does nothing; a refusal is a warning.
   */
  deployment(deployment: Deployment): Promise<void>;
}

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  debug(text: string): void;
  /** A collapsible part of the log in the shape of the work. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** A line that a later progress line may replace, on terminals; every few seconds elsewhere. */
  progress(text: string): void;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  /** Relative to the workspace. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  /** The rule that found it, e.g. `F401`. */
  readonly rule?: string;
}

export interface PublishOptions {
  /** Name of the HTML file without ending; default: the action's name. */
  readonly name?: string;
  /** One comment per key on the pull or merge request, updated in place. Default: no comment. */
  readonly comment?: string;
  /**
   * Full hash of the commit that the report is about, for steps that run on a schedule: outside a pull or merge request the comment
   * goes to the one that brought this commit, else to the commit itself.
   */
  readonly commit?: string | undefined;
  /** The step goes on and will publish again: file and comment are written, the job summary is left to the last one. */
  readonly interim?: boolean;
}

export interface KeptFile {
  /** File name, e.g. `junit.xml`. */
  readonly name: string;
  readonly content: string | Uint8Array;
  /** How GitLab reads it. */
  readonly kind?: 'junit' | 'codequality' | 'metrics' | 'html' | 'json';
}

export interface Source {
  /** `https://host/owner/name`, or the folder where there is no remote. */
  readonly repository: string;
  /** Full hash of the commit; undefined outside git. */
  readonly commit: string | undefined;
  readonly ref: string | undefined;
  readonly event: 'push' | 'pull-request' | 'tag' | 'schedule' | 'manual' | 'other';
  /** Where comparing starts: merge base branch of a pull or merge request, the commit before a push. */
  readonly before: string | undefined;
  /** Name of the target branch of a pull or merge request. */
  readonly targetBranch: string | undefined;
  /** Address of this job's page, where the host has one. */
  readonly jobUrl: string | undefined;
  /** Login of whoever started this; undefined where nobody is known. */
  readonly actor: string | undefined;
  /** Identity of this job run, for leases and provenance: server, repository, run and attempt. */
  readonly invocation: string;
}

export interface RunnerCache {
  /** True when `paths` were brought back under exactly this key. */
  restore(key: string, paths: readonly string[]): Promise<boolean>;
  save(key: string, paths: readonly string[]): Promise<void>;
}

export interface DocumentText {
  readonly text: string;
  /** For errors: the path, or the name of the input. */
  readonly name: string;
}

export interface CommitStatus {
  readonly context: string;
  readonly state: 'success' | 'failure' | 'pending' | 'error';
  readonly description: string;
  /** Full hash of the commit that is meant; default: the one that this step runs for. */
  readonly commit?: string | undefined;
}

/** One deployment to an environment, from its start to its end. */
export interface Deployment {
  /** Name of the environment, e.g. `production`. */
  readonly environment: string;
  /** Tells deployments of one commit to one environment apart, e.g. the run ID. */
  readonly key: string;
  /** `inactive`: it was taken back, or another took its place. */
  readonly state: 'in-progress' | 'success' | 'failure' | 'inactive';
  /** One sentence; hosts cut it (GitHub: 140 characters). */
  readonly description: string;
  /** Full hash of the commit that is deployed; default: the one that this step runs for. */
  readonly commit?: string | undefined;
  /** Where what was deployed answers. */
  readonly url?: string | undefined;
}

/**
 * What an action's `run` returns. `refused` says in one sentence why the step is not approved (exit 3 unless
 * `fail-on-reject` is false); a gate that says no is a result, not an error.
 */
export interface Outcome<O extends OutputSpecs> {
  readonly outputs: Outputs<O>;
  readonly refused?: string;
  /** Exit 3 even with `fail-on-reject: false`: what was asked for was refused before anything was touched. */
  readonly always?: boolean;
  /** One line for people, on the command line. */
  readonly sentence?: string;
}

export interface Action<I extends InputSpecs = InputSpecs, O extends OutputSpecs = OutputSpecs> {
  readonly definition: Definition<I, O>;
  run(inputs: Inputs<I>, host: Host): Promise<Outcome<O>>;
}

/** Binds a declaration to what it does. */
export function action<I extends InputSpecs, O extends OutputSpecs>(
  definition: Definition<I, O>,
  run: (inputs: Inputs<I>, host: Host) => Promise<Outcome<O>>,
): Action<I, O> {
  return { definition, run };
}
