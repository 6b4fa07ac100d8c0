import type { RecordStore } from '@sluice/record';

/** A JSON value that lies in one place and is only ever replaced by who has seen the last one. */
export interface State<T = unknown> {
  readonly value: T;
  /** Names this very value: the expected one of the next {@link Store.compareAndSet}. */
  readonly token: string;
}

export type SetResult<T = unknown> =
  | { readonly ok: true; readonly state: State<T> }
  /** Somebody else was faster; `current` is what lies there now. */
  | { readonly ok: false; readonly current: State<T> | undefined };

/**
 * Where bytes lie between jobs. Keys are relative paths with `/` (see `layout.ts`). A value is there whole or not at
 * all, whenever a writer is killed.
 */
export interface Store extends RecordStore {
  readonly kind: 'folder' | 's3' | 'mlflow';
  /** Where it lies, without credentials. */
  readonly url: string;
  /** What a user should know of this store, in one sentence; e.g. that other machines cannot read it. */
  readonly note: string | undefined;
  has(key: string): Promise<boolean>;
  /** A file of any size. */
  putFile(key: string, path: string): Promise<void>;
  /** False where the key does not exist. `path` appears whole or not at all. */
  getFile(key: string, path: string): Promise<boolean>;
  readState<T = unknown>(key: string): Promise<State<T> | undefined>;
  /**
   * Writes `value` only where what lies there is still `expected` (undefined: nothing).
   *
   * @throws {UserError} where the store has no compare-and-set (MLflow)
   */
  compareAndSet<T = unknown>(key: string, value: T, expected: State<T> | undefined): Promise<SetResult<T>>;
}
