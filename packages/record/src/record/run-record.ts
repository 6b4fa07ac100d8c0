import type { Digest, RecordRef } from '@sluice/contract';
import type { Statement } from '../statements/statement.ts';

/** What a record needs of a store; `@sluice/store` gives it. */
export interface RecordStore {
  /** Bytes, or undefined where there are none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Keys that begin with `prefix`, at any depth. */
  list(prefix: string): Promise<readonly string[]>;
  /** Where a key lies, for people and references. */
  uri(key: string): string;
  /** The key behind a URI of this store; undefined where it lies elsewhere. */
  keyOf(uri: string): string | undefined;
}

export interface RecordedStatement {
  /** SHA-256 of the statement's file, which is its name too. */
  readonly digest: Digest;
  readonly statement: Statement;
}

/** What is known of a run. */
export interface RunRecord {
  /** Where it was read from. */
  readonly where: string;
  /** True when the reference named a digest and the digest was recomputed; only then can it start a rollout. */
  readonly pinned: boolean;
  /** True when only what a trusted key has signed is believed; then it can start a rollout without being pinned. */
  readonly signed: boolean;
  /** Over `statements`. */
  readonly digest: Digest;
  readonly ref: RecordRef;
  /** What may be believed: the statements under the pinned digest and under trusted keys, or all where neither was asked for. */
  readonly statements: readonly RecordedStatement[];
  /** Found beside a pinned or signed record and not part of it. They can take an approval away, never give one. */
  readonly unpinned: readonly RecordedStatement[];
}

/** Whom a record belongs to: a run, or (steps that belong to no run) a commit. */
export type RecordOwner = string | { readonly commit: string };

/** Folder of a record in the store, without a slash at its end. */
export function recordFolder(owner: RecordOwner): string {
  return typeof owner === 'string' ? `${owner}/record` : `commits/${owner.commit}`;
}

export const STATEMENT_ENDING = '.intoto.jsonl';
export const LIST_ENDING = '.list';
