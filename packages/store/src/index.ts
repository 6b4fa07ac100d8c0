// The store, and what lies where in it.

export { copyAtomically, writeAtomically } from './folder/atomic-write.ts';
// Used by other rooms that keep files under a lock, or speak to MLflow.
export { type LockOptions, withLock } from './folder/lock.ts';
export { RETRIES, type Request, type RetryPolicy, request } from './http/request.ts';
export { keys } from './layout.ts';
export { connectMlflow, type Env, type MlflowConnection, MlflowError } from './mlflow/connection.ts';
// Models: publish, fetch, verify.
export { type FetchOptions, fetchModel, mappedModels } from './models/fetch-model.ts';
export { getFolder, type PutModel, putModel } from './models/put-folder.ts';
export { openStore, type StoreOptions } from './open-store.ts';
// What a run is, and what was measured on it, item by item.
export { getResults, listResults, putResults, resultsDigest } from './run/results.ts';
export { type RunInfo, readRunInfo, writeRunInfo } from './run/run-info.ts';
// States: compare and set.
export { openState, type StateCell } from './state/open-state.ts';
export type { SetResult, State, Store } from './store.ts';
