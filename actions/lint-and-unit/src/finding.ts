/** Something that a tool found at a place. */
export interface Finding {
  readonly tool: 'ruff' | 'mypy' | 'pytest';
  /** e.g. `F401`, `arg-type`, the name of a test. */
  readonly rule: string;
  readonly message: string;
  /** Relative to the workspace. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
}
