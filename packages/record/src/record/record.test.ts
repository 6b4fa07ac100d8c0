import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, joinRecordRef, type RecordRef, splitRecordRef } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeStatement, resource, STATEMENT_TYPE, type Statement } from '../statements/statement.ts';
import { appendStatement } from './append-statement.ts';
import { openRecord } from './open-record.ts';
import { recordDigest, recordList } from './record-set.ts';
import type { RecordStore } from './run-record.ts';

const RUN = 'run-0001';

/** A store in memory, with what the disk would hold in plain sight. */
function memoryStore(root = '/store'): RecordStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    get: async (key) => files.get(key),
    put: async (key, bytes) => void files.set(key, bytes),
    list: async (prefix) => [...files.keys()].filter((key) => key.startsWith(prefix)),
    uri: (key) => `${root}/${key}`,
    keyOf: (uri) => (uri.startsWith(`${root}/`) ? uri.slice(root.length + 1) : undefined),
  };
}

const digestOfNumber = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
const statement = (n: number): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [resource('model', digestOfNumber(n))],
  predicateType: 'urn:test',
  predicate: { n },
});

describe('a record', () => {
  it('is named by the digest of its set of statements, whatever the order', () => {
    const digests = fc.uniqueArray(fc.nat().map(digestOfNumber), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        digests.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(recordDigest(shuffled)).toBe(recordDigest(all));
          expect(recordDigest([...shuffled, ...all])).toBe(recordDigest(all));
          expect(recordDigest(all.slice(1))).not.toBe(recordDigest(all));
        },
      ),
    );
  });

  it('is the same whichever job added its statement first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }), async (order) => {
        const store = memoryStore();
        let last: RecordRef | undefined;
        for (const n of order) last = (await appendStatement(store, RUN, statement(n))).ref;
        const expected = recordDigest([1, 2, 3, 4, 5].map((n) => encodeStatement(statement(n)).digest));
        expect(last).toBe(`/store/${RUN}/record#sha256=${expected.slice(7)}`);
      }),
    );
  });

  it('opens by reference: the digest is recomputed', async () => {
    const store = memoryStore();
    await appendStatement(store, RUN, statement(1));
    const { ref, recordDigest } = await appendStatement(store, RUN, statement(2));
    const record = await openRecord(ref, store);
    expect(record).toMatchObject({ pinned: true, digest: recordDigest, ref, unpinned: [] });
    expect(record.statements.map((s) => s.statement)).toEqual(
      expect.arrayContaining([statement(1), statement(2)]),
    );
  });

  it('opens by run, and says that nobody pinned it', async () => {
    const store = memoryStore();
    const { ref } = await appendStatement(store, RUN, statement(1));
    expect(await openRecord(RUN, store)).toMatchObject({ pinned: false, ref });
  });

  it('stays what it was when others add to it, and what they added is not believed', async () => {
    const store = memoryStore();
    const { ref } = await appendStatement(store, RUN, statement(1));
    await appendStatement(store, RUN, statement(2));
    const record = await openRecord(ref, store);
    expect(record.statements.map((s) => s.statement)).toEqual([statement(1)]);
    expect(record.unpinned.map((s) => s.statement)).toEqual([statement(2)]);
  });

  it('takes over nothing that the step was not given', async () => {
    const store = memoryStore();
    const { ref } = await appendStatement(store, RUN, statement(1));
    await appendStatement(store, RUN, statement(666));
    const next = await appendStatement(store, RUN, statement(2), { prior: ref });
    const record = await openRecord(next.ref, store);
    expect(record.statements.map((s) => s.statement)).toEqual(
      expect.arrayContaining([statement(1), statement(2)]),
    );
    expect(record.statements).toHaveLength(2);
  });

  it('comes along into another store', async () => {
    const here = memoryStore('/here');
    const there = memoryStore('/there');
    const { ref } = await appendStatement(here, RUN, statement(1));
    for (const [key, bytes] of here.files) there.files.set(key, bytes);
    // the path of another machine: the run is found by its name, the digest decides
    const next = await appendStatement(there, RUN, statement(2), { prior: ref });
    expect((await openRecord(next.ref, there)).statements).toHaveLength(2);
  });

  it('of a commit lies apart from the runs', async () => {
    const store = memoryStore();
    const commit = 'c'.repeat(40);
    const { ref } = await appendStatement(store, { commit }, statement(1));
    expect(splitRecordRef(ref).uri).toBe(`/store/commits/${commit}`);
    expect((await openRecord({ commit }, store)).statements).toHaveLength(1);
    expect((await openRecord(ref, store)).pinned).toBe(true);
  });
});

describe('a record that was changed', () => {
  it('is refused, with the digest it has and the one it should have', async () => {
    const store = memoryStore();
    const { ref } = await appendStatement(store, RUN, statement(1));
    const wrong = joinRecordRef(splitRecordRef(ref).uri, digestOfNumber(9));
    await expect(openRecord(wrong, store)).rejects.toThrow(splitRecordRef(ref).digest);
    await expect(openRecord(wrong, store)).rejects.toThrow(digestOfNumber(9));
  });

  it('is refused when a statement is not what its name says', async () => {
    const store = memoryStore();
    const { ref, statementDigest } = await appendStatement(store, RUN, statement(1));
    const key = [...store.files.keys()].find((k) => k.endsWith('.intoto.jsonl')) as string;
    const forged = encodeStatement(statement(2));
    store.files.set(key, forged.bytes);
    for (const from of [ref, RUN]) {
      await expect(openRecord(from, store)).rejects.toThrow(forged.digest);
      await expect(openRecord(from, store)).rejects.toThrow(statementDigest);
    }
  });

  it('is refused when a statement is gone', async () => {
    const store = memoryStore();
    await appendStatement(store, RUN, statement(1));
    const { ref, statementDigest } = await appendStatement(store, RUN, statement(2));
    store.files.delete(`${RUN}/record/${statementDigest.slice(7)}.intoto.jsonl`);
    await expect(openRecord(ref, store)).rejects.toThrow(`lacks the statement ${statementDigest}`);
  });

  it('is refused when its list was replaced', async () => {
    const store = memoryStore();
    const { ref, recordDigest: digest } = await appendStatement(store, RUN, statement(1));
    const forged = encodeStatement(statement(2)).digest;
    store.files.set(`${RUN}/record/${digest.slice(7)}.list`, Buffer.from(recordList([forged])));
    await expect(openRecord(ref, store)).rejects.toThrow(recordDigest([forged]));
  });

  it('is refused by the step that would add to it', async () => {
    const store = memoryStore();
    const { ref } = await appendStatement(store, RUN, statement(1));
    const wrong = joinRecordRef(splitRecordRef(ref).uri, digestOfNumber(9));
    await expect(appendStatement(store, RUN, statement(2), { prior: wrong })).rejects.toThrow(
      'does not match',
    );
    expect([...store.files.keys()].filter((key) => key.endsWith('.intoto.jsonl'))).toHaveLength(1);
  });
});

describe('a record that is not there', () => {
  it('says what to do', async () => {
    await expect(openRecord('run-0404', memoryStore())).rejects.toThrow(/no record.*SLUICE_STORE_URL/s);
    const ref = joinRecordRef('/elsewhere/x', digestOfNumber(1));
    await expect(openRecord(ref, memoryStore())).rejects.toThrow(/There is no record at \/elsewhere\/x/);
  });
});

describe('a record outside any store', () => {
  it('opens from a folder and from a file of several lines', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'record-'));
    const encoded = [1, 2].map((n) => encodeStatement(statement(n)));
    const digest = recordDigest(encoded.map((e) => e.digest));
    for (const { digest, bytes } of encoded)
      await writeFile(join(folder, `${digest.slice(7)}.intoto.jsonl`), bytes);
    expect((await openRecord(joinRecordRef(folder, digest), memoryStore())).statements).toHaveLength(2);
    const bundle = join(folder, 'all.intoto.jsonl');
    await writeFile(bundle, Buffer.concat(encoded.map((e) => e.bytes)));
    expect((await openRecord(joinRecordRef(bundle, digest), memoryStore())).statements).toHaveLength(2);
    const wrong = joinRecordRef(bundle, digestOfNumber(3));
    await expect(openRecord(wrong, memoryStore())).rejects.toThrow(digest);
    await rm(folder, { recursive: true });
  });
});
