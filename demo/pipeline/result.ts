export type JobEvent =
  | { readonly job: string; readonly kind: 'began' }
  | { readonly job: string; readonly kind: 'said'; readonly text: string }
  | { readonly job: string; readonly kind: 'ended'; readonly exit: number };

export interface JobResult {
  readonly name: string;
  /** Its exit status. */
  readonly exit: number;
  /** What it handed on, as GitLab names it: `EVAL_GATE_DECISION`. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface PipelineResult {
  readonly exit: number | null;
  readonly log: string;
  /** The jobs that ran, by the name of their action. */
  readonly jobs: ReadonlyMap<string, JobResult>;
}
