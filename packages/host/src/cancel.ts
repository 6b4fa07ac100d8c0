import type { ExitCode } from './verdict.ts';

/** A runner kills a cancelled step about 7.5 seconds after the first signal; the rest is for saying so. */
export const graceMs = 6_500;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type Ending = (typeof SIGNALS)[number];

/** Listens for the signals that cancel a job. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  readonly by: Ending | undefined;
  /** Settles when the work was given its time after a signal; never before one came. */
  readonly expired: Promise<void>;
  stopListening(): void;
}

/**
 * The first signal asks all work to end (`signal`) and gives it {@link graceMs}; a second one ends the process at once,
 * after `cleanUp`.
 */
export function listenForCancel(cleanUp: () => void): Cancellation {
  const controller = new AbortController();
  let by: Ending | undefined;
  let timer: NodeJS.Timeout | undefined;
  let expire = () => {};
  const expired = new Promise<void>((resolve) => {
    expire = resolve;
  });
  const onSignal = (name: Ending) => {
    if (by) {
      cleanUp();
      process.exit((name === 'SIGINT' ? 130 : 143) satisfies ExitCode);
    }
    by = name;
    timer = setTimeout(expire, graceMs);
    controller.abort(new DOMException(`cancelled by ${name}`, 'AbortError'));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    expired,
    stopListening() {
      clearTimeout(timer);
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
