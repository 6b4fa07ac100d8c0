/**
 * What a user can mend. The message says what was given, what is allowed and what to do; it is printed
 * without a stack. Exit code 2: bad input or a missing tool.
 */
export class UserError extends Error {
  readonly exitCode: 2 | 4 | 5 = 2;
  override name = 'UserError';
}

/** A system (tracking server, registry, router, endpoint) refused, did not answer in time, or its answer is unknown. Exit code 4. */
export class SystemError extends UserError {
  override readonly exitCode = 4;
  override name = 'SystemError';
}

/** The user's own program (training, evaluator, start command) failed. Exit code 5. */
export class ProgramError extends UserError {
  override readonly exitCode = 5;
  override name = 'ProgramError';
}

/** A fault of ours: printed with its stack and a link to report it. Exit code 70. */
export class InternalError extends Error {
  readonly exitCode = 70;
  override name = 'InternalError';
}

/** The text of anything thrown, for a sentence in an error of ours. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch() hides why it failed in `cause`
  const cause = error.cause instanceof Error && error.cause.message ? `: ${error.cause.message}` : '';
  return error.message + cause;
}
