import { messageOf, ProgramError, SystemError, UserError } from '@sluice/contract';

/** The exit statuses of the contract; 130 and 143 say that the job was cancelled by SIGINT or SIGTERM. */
export type ExitCode = 0 | 2 | 3 | 4 | 5 | 70 | 130 | 143;

/** The first words of every failure, by exit status. */
export const KINDS: Readonly<Record<Exclude<ExitCode, 0>, string>> = {
  2: 'bad input',
  3: 'not approved',
  4: 'a system did not answer',
  5: 'your program failed',
  70: 'a fault of ours',
  130: 'cancelled',
  143: 'cancelled',
};

/** Why a step ended without outputs. */
export interface Failure {
  readonly exit: Exclude<ExitCode, 0 | 3>;
  /** The kind and the message; the first line tells what happened. */
  readonly message: string;
  /** Where it happened in our own code; only for a fault of ours. */
  readonly stack?: string;
}

/** Tells a failure from an end with outputs. */
export const isFailure = (end: { readonly exit: number }): end is Failure => end.exit !== 0 && end.exit !== 3;

export interface Provenance {
  /** Version of the program, for a report of a fault of ours. */
  readonly version: string;
  /** Where faults are reported. */
  readonly reportTo: string;
}

/** The machine itself refused; no input would help, and no line of our code is at fault. */
const MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or choose another folder',
  EDQUOT: 'the quota of this disk is used up: free some space, or choose another folder',
  EROFS: 'choose a folder that can be written to',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
};

/** Tells whose fault a thrown error is. What is not known to be the user's, or a system's, is ours. */
export function failureOf(error: unknown, provenance: Provenance): Failure {
  if (error instanceof SystemError) return failure(4, error.message);
  if (error instanceof ProgramError) return failure(5, error.message);
  if (error instanceof UserError) return failure(error.exitCode, error.message);
  const advice = MACHINE[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (advice) return failure(4, `${messageOf(error)}; ${advice}`);
  return {
    ...failure(
      70,
      `${messageOf(error)}\nThis is Sluice ${provenance.version}. Please report it with this text: ${provenance.reportTo}`,
    ),
    ...(error instanceof Error && error.stack ? { stack: error.stack } : {}),
  };
}

/** A step that a signal ended. */
export function cancelledBy(signal: NodeJS.Signals): Failure {
  return failure(signal === 'SIGINT' ? 130 : 143, `the job was ended by ${signal}; no output was set`);
}

function failure(exit: Failure['exit'], message: string): Failure {
  return { exit, message: `${KINDS[exit]}: ${message}` };
}
