import { generateKeyPairSync } from 'node:crypto';
import { type Digest, type ModelDigest, UserError } from '@sluice/contract';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../digests/file-digest.ts';
import { resource, STATEMENT_TYPE, type Statement } from '../statements/statement.ts';
import { gateStatement } from '../statements/test-result.ts';
import { appendStatement, pinRecord } from './append-statement.ts';
import { provesApproval } from './approval.ts';
import { openRecord } from './open-record.ts';
import type { RecordStore } from './run-record.ts';

const RUN = 'run-0001';
const MODEL = { model: digestOf('model') as ModelDigest };
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const gate = (decision: 'approve' | 'reject', minute = 0, model = MODEL): Statement =>
  gateStatement({
    runId: RUN,
    maker: { action: 'eval-gate', version: '1.0.0', invocation: 'test/1' },
    finishedAt: new Date(Date.UTC(2026, 10, 21, 12, minute)),
    identity: model,
    decision,
    gates: [{ name: 'accuracy', decision }],
    gatesDigest: digestOf('gates'),
    candidateResults: digestOf('results'),
    claimed: false,
    metrics: { accuracy: 0.9 },
  });
const other: Statement = {
  _type: STATEMENT_TYPE,
  subject: [resource('adapter', digestOf('adapter') as Digest)],
  predicateType: 'urn:test',
  predicate: {},
};

let files: Map<string, Uint8Array>;
let store: RecordStore;
beforeEach(() => {
  files = new Map();
  store = {
    get: async (key) => files.get(key),
    put: async (key, bytes) => void files.set(key, bytes),
    list: async (prefix) => [...files.keys()].filter((key) => key.startsWith(prefix)),
    uri: (key) => `/store/${key}`,
    keyOf: (uri) => (uri.startsWith('/store/') ? uri.slice('/store/'.length) : undefined),
  };
});
const envelopes = () => [...files.keys()].filter((key) => key.endsWith('.dsse.json'));
const trusting = (...keys: (typeof ours.publicKey)[]) => openRecord(RUN, store, { trusted: keys });

describe('a record that is only found', () => {
  it('is believed as far as a trusted key has signed it', async () => {
    const signed = await appendStatement(store, RUN, gate('approve'), { key: ours.privateKey });
    await appendStatement(store, RUN, other);
    const record = await trusting(theirs.publicKey, ours.publicKey);
    expect(record).toMatchObject({ pinned: false, signed: true });
    expect(record.statements.map((s) => s.digest)).toEqual([signed.statementDigest]);
    expect(record.unpinned).toHaveLength(1);
    expect(provesApproval(record, { identity: MODEL }).approved).toBe(true);
  });

  it('without a signature, or under another key, is no proof: an error that names both keys', async () => {
    await appendStatement(store, RUN, gate('approve'));
    await expect(trusting(ours.publicKey)).rejects.toThrow(/No gate's decision .* has no signature/);
    await appendStatement(store, RUN, gate('approve'), { key: theirs.privateKey });
    await expect(trusting(ours.publicKey)).rejects.toThrow(/is signed by [0-9a-f]{16}\. Give eval-gate/);
    await expect(trusting(ours.publicKey)).rejects.toThrow(UserError);
  });

  it('a reject that nobody signed takes an approval away; an approval that nobody signed gives none', async () => {
    await appendStatement(store, RUN, gate('reject', 0), { key: ours.privateKey });
    await appendStatement(store, RUN, gate('approve', 1));
    const denied = provesApproval(await trusting(ours.publicKey), { identity: MODEL });
    expect(denied).toMatchObject({ approved: false });
    expect(denied.reason).toContain('An approval lies beside it that no trusted key has signed');
    await appendStatement(store, RUN, gate('approve', 2), { key: ours.privateKey });
    expect(provesApproval(await trusting(ours.publicKey), { identity: MODEL }).approved).toBe(true);
    await appendStatement(store, RUN, gate('reject', 3));
    expect(provesApproval(await trusting(ours.publicKey), { identity: MODEL }).approved).toBe(false);
  });

  it('is void when any byte of the signature or of the statement was changed', async () => {
    await appendStatement(store, RUN, gate('approve'), { key: ours.privateKey });
    const [name] = envelopes() as [string];
    const envelope = JSON.parse(Buffer.from(files.get(name) as Uint8Array).toString());
    const part = (which: 'payload' | 'sig') =>
      Buffer.from(which === 'payload' ? envelope.payload : envelope.signatures[0].sig, 'base64');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('payload' as const, 'sig' as const),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (which, at, mask) => {
          const changed = part(which);
          changed[at % changed.length] = (changed[at % changed.length] as number) ^ mask;
          const text = changed.toString('base64');
          const forged =
            which === 'payload'
              ? { ...envelope, payload: text }
              : { ...envelope, signatures: [{ ...envelope.signatures[0], sig: text }] };
          files.set(name, Buffer.from(JSON.stringify(forged)));
          await expect(trusting(ours.publicKey)).rejects.toThrow(
            which === 'payload' ? /over other bytes/ : /is not valid: it names a trusted key/,
          );
        },
      ),
    );
    for (const text of ['', '{}', '{"payload": "eA==", "payloadType": "x", "signatures": []}']) {
      files.set(name, Buffer.from(text));
      await expect(trusting(ours.publicKey)).rejects.toThrow(/is no DSSE envelope/);
    }
  });

  it('a signature of one statement does not cover another', async () => {
    await appendStatement(store, RUN, gate('reject'), { key: ours.privateKey });
    const [name] = envelopes() as [string];
    const envelope = files.get(name) as Uint8Array;
    files.clear();
    const { statementDigest } = await appendStatement(store, RUN, gate('approve'));
    files.set(`${RUN}/record/${statementDigest.slice(7)}.0.dsse.json`, envelope);
    await expect(trusting(ours.publicKey)).rejects.toThrow(/over other bytes than the statement/);
  });

  it('can be pinned: what is added later does not change what the reference covers', async () => {
    await appendStatement(store, RUN, gate('approve'), { key: ours.privateKey });
    await appendStatement(store, RUN, other);
    const ref = await pinRecord(store, RUN, await trusting(ours.publicKey));
    await appendStatement(store, RUN, gate('approve', 5));
    const pinned = await openRecord(ref, store);
    expect(pinned.statements).toHaveLength(1);
    expect(pinned.pinned).toBe(true);
  });
});

describe('a pinned record', () => {
  it('of another run brings its signatures along', async () => {
    const signed = await appendStatement(store, 'run-0000', gate('approve'), { key: ours.privateKey });
    await appendStatement(store, RUN, other, { prior: signed.ref });
    const record = await trusting(ours.publicKey);
    expect(record.statements.map((s) => s.digest)).toEqual([signed.statementDigest]);
  });

  it('keeps what its digest covers, but a decision counts only where it is signed', async () => {
    const { ref } = await appendStatement(store, RUN, other);
    const unsigned = await appendStatement(store, RUN, gate('approve'), { prior: ref });
    await expect(openRecord(unsigned.ref, store, { trusted: [ours.publicKey] })).rejects.toThrow(
      /has no signature/,
    );
    const signed = await appendStatement(store, RUN, gate('approve', 1), {
      prior: unsigned.ref,
      key: ours.privateKey,
    });
    const record = await openRecord(signed.ref, store, { trusted: [ours.publicKey] });
    expect(record.statements.map((s) => s.digest)).toHaveLength(2);
    expect(record.ref).toBe(signed.ref);
    expect(provesApproval(record, { identity: MODEL }).approved).toBe(true);
    expect((await openRecord(ref, store, { trusted: [ours.publicKey] })).statements).toHaveLength(1);
  });
});
