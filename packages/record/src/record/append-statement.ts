import type { KeyObject } from 'node:crypto';
import { type Digest, joinRecordRef, type RecordRef } from '@sluice/contract';
import { hexOf } from '../digests/file-digest.ts';
import { signStatement } from '../dsse/envelope.ts';
import { encodeStatement, type Statement } from '../statements/statement.ts';
import { openFiles } from './open-record.ts';
import { recordDigest, recordList } from './record-set.ts';
import {
  LIST_ENDING,
  type RecordOwner,
  type RecordStore,
  type RunRecord,
  recordFolder,
  STATEMENT_ENDING,
} from './run-record.ts';
import { type EnvelopesOf, envelopeName } from './signatures.ts';

export interface Appended {
  /** The record with the new statement, pinned. */
  readonly ref: RecordRef;
  readonly recordDigest: Digest;
  readonly statementDigest: Digest;
}

export interface AppendOptions {
  /** The reference that the step was given. */
  readonly prior?: RecordRef | undefined;
  /** Signs the statement. */
  readonly key?: KeyObject | undefined;
}

/**
 * Adds a statement to a record. Statements are immutable files of their own, so that jobs that add at the same time
 * do not disturb each other: the record is the union.
 *
 * With `prior` (the reference that the step was given) the new reference covers exactly that record and the new
 * statement: what somebody else put into the store is not taken over. Without it, it covers all that lies there.
 *
 * With `key` a DSSE envelope over the statement's bytes lies beside it.
 *
 * @throws {UserError} when `prior` does not match what lies in the store
 */
export async function appendStatement(
  store: RecordStore,
  owner: RecordOwner,
  statement: Statement,
  { prior, key }: AppendOptions = {},
): Promise<Appended> {
  const folder = recordFolder(owner);
  const before = prior === undefined ? undefined : await openFiles(prior, store);
  const { digest, bytes } = encodeStatement(statement);
  if (key) {
    // the signature first: a statement that lies there without one would be read as unsigned
    const envelope = signStatement(statement, [key]);
    await store.put(
      `${folder}/${envelopeName(digest, envelope)}`,
      Buffer.from(`${JSON.stringify(envelope)}\n`),
    );
  }
  await store.put(`${folder}/${hexOf(digest)}${STATEMENT_ENDING}`, bytes);
  if (before) await copyMissing(before.record.statements, before.envelopes, folder, store);
  const digests = before
    ? [...before.record.statements.map((s) => s.digest), digest]
    : await storedDigests(store, folder);
  const list = await putList(store, folder, digests);
  return { ref: joinRecordRef(store.uri(folder), list), recordDigest: list, statementDigest: digest };
}

/** Writes the list that a reference to exactly these statements needs; what others add later does not change what it covers. */
async function putList(store: RecordStore, folder: string, digests: readonly Digest[]): Promise<Digest> {
  const list = recordDigest(digests);
  await store.put(`${folder}/${hexOf(list)}${LIST_ENDING}`, Buffer.from(recordList(digests)));
  return list;
}

/** Pins a record that was found by its owner: a reference to what is believed of it now. */
export async function pinRecord(
  store: RecordStore,
  owner: RecordOwner,
  { statements }: Pick<RunRecord, 'statements'>,
): Promise<RecordRef> {
  const folder = recordFolder(owner);
  const list = await putList(
    store,
    folder,
    statements.map((s) => s.digest),
  );
  return joinRecordRef(store.uri(folder), list);
}

/** Digests that the files in a record's folder are named by. */
export async function storedDigests(store: RecordStore, folder: string): Promise<Digest[]> {
  const keys = await store.list(`${folder}/`);
  return keys.flatMap((key) => {
    const name = key.slice(folder.length + 1);
    return /^[0-9a-f]{64}\.intoto\.jsonl$/.test(name) ? [`sha256:${name.slice(0, 64)}` as Digest] : [];
  });
}

/** A prior record that lies elsewhere (another store, another run) comes along, with its signatures. */
async function copyMissing(
  statements: readonly { readonly digest: Digest; readonly statement: Statement }[],
  envelopes: EnvelopesOf,
  folder: string,
  store: RecordStore,
): Promise<void> {
  const there = new Set(await storedDigests(store, folder));
  for (const { digest, statement } of statements) {
    if (there.has(digest)) continue;
    for (const [name, bytes] of await envelopes(digest)) await store.put(`${folder}/${name}`, bytes);
    await store.put(`${folder}/${hexOf(digest)}${STATEMENT_ENDING}`, encodeStatement(statement).bytes);
  }
}
