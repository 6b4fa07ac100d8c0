import { InternalError } from '@sluice/contract';

/** Errors that nobody awaited, and work that waits for nothing any more: without this Node would end with a status of its own and no word about whose fault it was. */
export interface StrayFaults {
  /** Rejects with the first such error; never resolves. */
  readonly fault: Promise<never>;
  stopListening(): void;
}

export function listenForStrayFaults(): StrayFaults {
  let reject: (error: unknown) => void = () => {};
  const fault = new Promise<never>((_, no) => {
    reject = no;
  });
  // it may come when nobody waits any more
  fault.catch(() => {});
  const onFault = (error: unknown) => reject(error);
  const onIdle = () => reject(new InternalError('the work stopped before it had a result'));
  process.on('beforeExit', onIdle);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return {
    fault,
    stopListening() {
      process.off('beforeExit', onIdle);
      process.off('uncaughtException', onFault);
      process.off('unhandledRejection', onFault);
    },
  };
}
