import type { Definition, GivenInputs } from '@sluice/contract';
import type { Env, HostKind } from './detect.ts';
import type { Secrets } from './secrets.ts';
import type { Annotation, CommitStatus, Deployment, Log, RunnerCache, Source } from './types.ts';
import type { Failure } from './verdict.ts';

/** A stream that text is printed to. */
export interface Screen {
  write(text: string): void;
  readonly isTTY?: boolean | undefined;
}

/** What a platform is made from: the only way in which it sees the world. */
export interface Surroundings {
  /** Name of the action that runs. */
  readonly action: string;
  readonly env: Env;
  /** What was written behind the command, without the action's name; empty on CI hosts that pass inputs by variables. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
  now(): Date;
}

/** How a step ended; `outputs` are there exactly on exit 0 and 3. */
export type End =
  | {
      readonly exit: 0 | 3;
      readonly outputs: ReadonlyMap<string, string>;
      readonly refused?: string | undefined;
      readonly sentence?: string | undefined;
    }
  | Failure;

/** The one comment of a key: on the pull or merge request of this step, else where `commit` leads. */
export interface Comment {
  readonly key: string;
  readonly markdown: string;
  readonly commit: string | undefined;
}

/** Everything that differs between GitHub, GitLab and the command line. */
export interface Platform {
  readonly kind: HostKind;
  readonly workspace: string;
  /** Where temporary folders are made. */
  readonly temp: string;
  /** Whether an output must be one line. */
  readonly oneLine: boolean;
  readonly log: Log;
  readonly cache: RunnerCache;
  /** Removes what an earlier step left where this one writes its outputs. */
  begin(): void;
  /** The inputs as texts, by the names of the definition. */
  given(definition: Definition): GivenInputs;
  source(): Promise<Source>;
  /** Tells the host never to show these texts. */
  hide(lines: readonly string[]): void;
  /** Shows a report where the host has a place for it. `render` makes Markdown of at most so many bytes; `path` is its HTML. */
  summarise(render: (maxBytes: number) => string, path: string): void;
  /** Writes or updates a comment. Throws when the host refuses. */
  comment(comment: Comment, token: string): Promise<void>;
  commitStatus(status: CommitStatus, source: Source, token: string): Promise<void>;
  deployment(deployment: Deployment, source: Source, token: string): Promise<void>;
  /** Shows findings in the host's own way; a step that failed shows one error more at its end. */
  annotate(annotations: readonly Annotation[], ending: { readonly failed: boolean }): void;
  /** Throws when the outputs cannot be handed on; called before anything is written. */
  checkOutputs(outputs: ReadonlyMap<string, string>): void;
  /** Writes the outputs, says how the step ended. The last thing a step does. */
  end(end: End): void;
}
