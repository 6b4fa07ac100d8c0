import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/contract';
import { readStateFile, setStateFile } from '../folder/state-file.ts';
import { keys } from '../layout.ts';
import type { SetResult, State, Store } from '../store.ts';

/** The one place of a rollout's state. */
export interface StateCell<T = unknown> {
  /** For people and the output `state`. */
  readonly where: string;
  read(): Promise<State<T> | undefined>;
  compareAndSet(value: T, expected: State<T> | undefined): Promise<SetResult<T>>;
}

/**
 * The state of the rollout of one target: `file:<path>` where the input `state` says so, else in the store.
 *
 * @throws {UserError} for another `state`, and where the store has no compare-and-set
 */
export function openState<T>({
  state,
  router,
  target,
  store,
  workspace,
}: {
  readonly state?: string | undefined;
  readonly router: string;
  readonly target: string;
  readonly store: Store;
  readonly workspace: string;
}): StateCell<T> {
  if (state) {
    if (!/^file:./.test(state)) throw new UserError(`state is '${state}'; allowed is file:<path>.`);
    const path = state.startsWith('file://')
      ? fileURLToPath(state)
      : resolve(workspace, state.slice('file:'.length));
    return {
      where: `file:${path}`,
      read: () => readStateFile<T>(path),
      compareAndSet: (value, expected) => setStateFile(path, value, expected),
    };
  }
  if (store.kind === 'mlflow')
    throw new UserError(
      "The state of a rollout needs compare-and-set, which MLflow's artifacts do not have. Set SLUICE_STORE_URL to a folder that all jobs share or to s3://…, or give state: file:<path>.",
    );
  const key = keys.rollout(router, target);
  return {
    where: store.uri(key),
    read: () => store.readState<T>(key),
    compareAndSet: (value, expected) => store.compareAndSet(key, value, expected),
  };
}
