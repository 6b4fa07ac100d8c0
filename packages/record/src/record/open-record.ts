import type { KeyObject } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Digest, joinRecordRef, type RecordRef, splitRecordRef, UserError } from '@sluice/contract';
import { digestOf, hexOf } from '../digests/file-digest.ts';
import { decodeStatement } from '../statements/statement.ts';
import { mismatch, parseRecordList, recordDigest } from './record-set.ts';
import {
  LIST_ENDING,
  type RecordedStatement,
  type RecordOwner,
  type RecordStore,
  type RunRecord,
  recordFolder,
  STATEMENT_ENDING,
} from './run-record.ts';
import { divide, ENVELOPE_ENDING, type EnvelopesOf } from './signatures.ts';

/** The files of one record, wherever they lie. */
interface Files {
  readonly where: string;
  /** Statement files by the digest in their name. */
  readonly statements: ReadonlyMap<Digest, Uint8Array>;
  list(digest: Digest): Promise<Uint8Array | undefined>;
  readonly envelopes: EnvelopesOf;
}

export interface OpenOptions {
  /** Only what these keys have signed is believed: of a pinned record the gates' decisions, of another one everything. */
  readonly trusted?: readonly KeyObject[] | undefined;
}

/**
 * Opens a record: by reference (then its digest is recomputed), or by the run (or commit) that it belongs to, in
 * which case anybody who can write to the store could have written it, unless it is signed, and `pinned` is false.
 *
 * A pinned record is found in the store by its run, or as a folder or file of statements at the path it names.
 *
 * @throws {UserError} when there is none, a digest does not match (both values are named), or a signature that is
 * asked for is missing, altered or another's
 */
export async function openRecord(
  from: RecordRef | RecordOwner,
  store: RecordStore,
  options: OpenOptions = {},
): Promise<RunRecord> {
  return (await openFiles(from, store, options)).record;
}

/** The same with the signatures that lie beside the statements, for who copies them. */
export async function openFiles(
  from: RecordRef | RecordOwner,
  store: RecordStore,
  { trusted }: OpenOptions = {},
): Promise<{ readonly record: RunRecord; readonly envelopes: EnvelopesOf }> {
  if (typeof from !== 'string' || !from.includes('#')) {
    const files = await filesInStore(store, recordFolder(from as RecordOwner));
    const all = [...files.statements].map(([digest, bytes]) => checked(digest, bytes, files.where));
    const record = await believing(files, { pinned: false, statements: all, unpinned: [] }, trusted);
    return { record, envelopes: files.envelopes };
  }
  const { uri, digest } = splitRecordRef(from as RecordRef);
  const files = await filesAt(uri, store);
  const members = new Set(await membersOf(files, digest));
  const all = [...files.statements].map(([d, bytes]) => checked(d, bytes, files.where));
  for (const member of members) {
    if (!files.statements.has(member))
      throw new UserError(`The record ${files.where} lacks the statement ${member}, which ${digest} covers.`);
  }
  const pinned = {
    pinned: true,
    statements: all.filter((s) => members.has(s.digest)),
    unpinned: all.filter((s) => !members.has(s.digest)),
  };
  const record = { ...(await believing(files, pinned, trusted)), digest, ref: from as RecordRef };
  return { record, envelopes: files.envelopes };
}

/** The record with what its signatures allow to believe; its digest is over just that. */
async function believing(
  files: Files,
  found: Pick<RunRecord, 'pinned' | 'statements' | 'unpinned'>,
  trusted: readonly KeyObject[] | undefined,
): Promise<RunRecord> {
  const { where } = files;
  const { pinned } = found;
  const { believed, others } = trusted
    ? await divide(found.statements, files.envelopes, trusted, { where, pinned })
    : { believed: found.statements, others: [] };
  const digest = recordDigest(believed.map((s) => s.digest));
  return {
    where,
    pinned,
    signed: trusted !== undefined,
    digest,
    ref: joinRecordRef(where, digest),
    statements: believed,
    unpinned: [...found.unpinned, ...others],
  };
}

/** Which statements a record's digest covers: from its list, else all that are there. */
async function membersOf(files: Files, digest: Digest): Promise<Digest[]> {
  const list = await files.list(digest);
  if (list) return parseRecordList(list, digest, `the list of the record ${files.where}`);
  const all = [...files.statements.keys()];
  const found = recordDigest(all);
  if (found !== digest) throw mismatch(`the record ${files.where}`, found, digest);
  return all;
}

function checked(digest: Digest, bytes: Uint8Array, where: string): RecordedStatement {
  const found = digestOf(bytes);
  if (found !== digest) throw mismatch(`a statement of the record ${where}`, found, digest);
  return { digest, statement: decodeStatement(bytes, `The statement ${digest} of the record ${where}`) };
}

async function filesAt(uri: string, store: RecordStore): Promise<Files> {
  const key = store.keyOf(uri);
  if (key !== undefined) return filesInStore(store, key);
  const path = uri.startsWith('file://') ? fileURLToPath(uri) : uri;
  const stats = await lstat(path).catch(() => undefined);
  if (stats) return stats.isDirectory() ? filesInFolder(path) : filesInBundle(path);
  // another machine wrote the same store under another path: the run is named, and the digest decides
  const owner = /(?:^|\/)([A-Za-z0-9_-]{8,64}\/record|commits\/[0-9a-f]{40,64})$/.exec(uri)?.[1];
  if (owner) return filesInStore(store, owner);
  throw new UserError(
    `There is no record at ${uri}. Give the output 'record' of an earlier step, and the same SLUICE_STORE_URL as there.`,
  );
}

async function filesInStore(store: RecordStore, folder: string): Promise<Files> {
  const where = store.uri(folder);
  const all = await store.list(`${folder}/`);
  const keys = all.filter((key) => key.endsWith(STATEMENT_ENDING));
  if (keys.length === 0)
    throw new UserError(
      `There is no record at ${where}. Jobs that share no disk need the same store: set SLUICE_STORE_URL.`,
    );
  const statements = new Map<Digest, Uint8Array>();
  for (const key of keys) {
    const bytes = await store.get(key);
    if (bytes) statements.set(digestIn(key), bytes);
  }
  return {
    where,
    statements,
    list: (digest) => store.get(`${folder}/${hexOf(digest)}${LIST_ENDING}`),
    envelopes: (digest) => named(all.filter(isEnvelopeOf(digest)), (key) => store.get(key)),
  };
}

const isEnvelopeOf = (digest: Digest) => (path: string) =>
  basename(path).startsWith(`${hexOf(digest)}.`) && path.endsWith(ENVELOPE_ENDING);

async function named(
  paths: readonly string[],
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const path of paths) {
    const bytes = await read(path);
    if (bytes) found.set(basename(path), bytes);
  }
  return found;
}

async function filesInFolder(path: string): Promise<Files> {
  const all = await readdir(path);
  const names = all.filter((name) => name.endsWith(STATEMENT_ENDING));
  if (names.length === 0) throw new UserError(`${path} holds no statements (*${STATEMENT_ENDING}).`);
  const statements = new Map<Digest, Uint8Array>();
  for (const name of names) statements.set(digestIn(name), await readFile(join(path, name)));
  return {
    where: path,
    statements,
    list: (digest) => readFile(join(path, hexOf(digest) + LIST_ENDING)).catch(() => undefined),
    envelopes: (digest) => named(all.filter(isEnvelopeOf(digest)), (name) => readFile(join(path, name))),
  };
}

/** A file with several statements, one a line, or the file of one. */
async function filesInBundle(path: string): Promise<Files> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const statements = new Map(
    lines.map((line): [Digest, Uint8Array] => {
      const bytes = Buffer.from(`${line}\n`);
      return [digestOf(bytes), bytes];
    }),
  );
  const list = (digest: Digest) =>
    readFile(join(dirname(path), hexOf(digest) + LIST_ENDING)).catch(() => undefined);
  const beside = await readdir(dirname(path));
  return {
    where: path,
    statements,
    list: statements.size === 1 ? async () => undefined : list,
    envelopes: (digest) =>
      named(beside.filter(isEnvelopeOf(digest)), (name) => readFile(join(dirname(path), name))),
  };
}

/** The digest that a statement's file is named by. */
function digestIn(key: string): Digest {
  return `sha256:${basename(key, STATEMENT_ENDING)}` as Digest;
}
