/** Which job made a statement, and when. What `Host.source` knows, as values. */
export interface Maker {
  /** The action, e.g. `eval-gate`. */
  readonly action: string;
  readonly version: string;
  /** Identity of the job's run: server, repository, run and attempt. */
  readonly invocation: string;
  readonly repository?: string | undefined;
  /** Full hash of the commit. */
  readonly commit?: string | undefined;
  readonly ref?: string | undefined;
}

/** URIs of what Sluice itself defines; a type URI need not resolve. */
export const OWN = 'urn:sluice' as const;

/** A time as it is written in statements: UTC, milliseconds. */
export const written = (time: Date): string => time.toISOString();
