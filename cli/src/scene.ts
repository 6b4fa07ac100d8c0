import type { Env, Screen } from '@sluice/host';

/** What a command that is no action works with. */
export interface Scene {
  readonly env: Env;
  readonly cwd: string;
  readonly stdout: Screen;
  /** Columns that a line may take. */
  readonly width: number;
}
