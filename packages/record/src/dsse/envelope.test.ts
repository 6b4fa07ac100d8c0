import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resource, STATEMENT_TYPE, type Statement } from '../statements/statement.ts';
import { type Envelope, IN_TOTO, pae, signStatement, verifyEnvelope } from './envelope.ts';
import { signingKey, trustedKey } from './keys.ts';

const pair = (namedCurve = 'prime256v1') => generateKeyPairSync('ec', { namedCurve });
const [ours, theirs] = [pair(), pair('secp384r1')];
const statement: Statement = {
  _type: STATEMENT_TYPE,
  subject: [resource('model', `sha256:${'a'.repeat(64)}` as never)],
  predicateType: 'urn:test',
  predicate: { decision: 'approve' },
};
const pem = (key: KeyObject) =>
  key
    .export(key.type === 'private' ? { type: 'pkcs8', format: 'pem' } : { type: 'spki', format: 'pem' })
    .toString();

/** Any text, signed by a key that is trusted. */
function sealed(text: string): Envelope {
  const body = Buffer.from(text);
  const sig = sign('sha256', pae(IN_TOTO, body), ours.privateKey).toString('base64');
  return { payloadType: IN_TOTO, payload: body.toString('base64'), signatures: [{ keyid: '', sig }] };
}

describe('an envelope', () => {
  it('signs what DSSE says: the example of its protocol', () => {
    const text = pae('http://example.com/HelloWorld', Buffer.from('hello world')).toString();
    expect(text).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(pae('ü', Buffer.from('é')).toString()).toBe('DSSEv1 2 ü 2 é');
  });

  it('gives its statement to who trusts the key, and to nobody else', () => {
    const envelope = signStatement(statement, [ours.privateKey]);
    expect(verifyEnvelope(envelope, [ours.publicKey])).toEqual(statement);
    expect(verifyEnvelope(envelope, [theirs.publicKey, ours.publicKey])).toEqual(statement);
    expect(() => verifyEnvelope(envelope, [theirs.publicKey])).toThrow(
      /0 valid signatures of the 1 trusted keys; 1/,
    );
    expect(() => verifyEnvelope(envelope, [])).toThrow(UserError);
    expect(() => verifyEnvelope(envelope, [ours.publicKey], 0)).toThrow(UserError);
  });

  it('counts different keys, not signatures, and does not believe key ids', () => {
    const twice = signStatement(statement, [ours.privateKey, ours.privateKey]);
    expect(() => verifyEnvelope(twice, [ours.publicKey, ours.publicKey], 2)).toThrow(
      /1 valid signatures of the 1/,
    );
    const both = signStatement(statement, [ours.privateKey, theirs.privateKey]);
    expect(verifyEnvelope(both, [ours.publicKey, theirs.publicKey], 2)).toEqual(statement);
    const unnamed = { ...both, signatures: both.signatures.map(({ sig }) => ({ keyid: 'x', sig })) };
    expect(verifyEnvelope(unnamed, [ours.publicKey, theirs.publicKey], 2)).toEqual(statement);
  });

  it('opens in standard and in URL-safe base64', () => {
    const { payloadType, payload, signatures } = signStatement(statement, [ours.privateKey]);
    const safe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const envelope = {
      payloadType,
      payload: safe(payload),
      signatures: signatures.map((s) => ({ ...s, sig: safe(s.sig) })),
    };
    expect(verifyEnvelope(envelope, [ours.publicKey])).toEqual(statement);
  });

  it('is void when any byte of it was changed', () => {
    const envelope = signStatement(statement, [ours.privateKey]);
    const bytes = Buffer.from(envelope.payload, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ mask;
        const forged = { ...envelope, payload: changed.toString('base64') };
        expect(() => verifyEnvelope(forged, [ours.publicKey])).toThrow(UserError);
      }),
    );
    expect(() => verifyEnvelope({ ...envelope, payloadType: 'text/plain' }, [ours.publicKey])).toThrow(
      /text\/plain/,
    );
    expect(() =>
      verifyEnvelope({ ...envelope, payload: `${envelope.payload}\n!` }, [ours.publicKey]),
    ).toThrow(/not base64/);
  });

  it('is refused when it can be read in two ways, although the signature is good', () => {
    const text = (more: string) =>
      `{"_type":"${STATEMENT_TYPE}","predicate":{"decision":"reject"${more}},"predicateType":"urn:test","subject":[{"digest":{"sha256":"${'a'.repeat(64)}"},"name":"model"}]}`;
    expect(verifyEnvelope(sealed(text('')), [ours.publicKey]).predicate).toEqual({ decision: 'reject' });
    for (const more of [',"decision":"approve"', ',"__proto__":{}', ', "z":1'])
      expect(() => verifyEnvelope(sealed(text(more)), [ours.publicKey])).toThrow(/not canonical/);
  });
});

describe('keys', () => {
  it('are read from PEM, encrypted or not', () => {
    expect(signingKey(pem(ours.privateKey)).type).toBe('private');
    expect(trustedKey(pem(ours.publicKey)).type).toBe('public');
    const locked = ours.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open',
    });
    expect(signingKey(locked.toString(), 'open').type).toBe('private');
    expect(() => signingKey(locked.toString(), 'wrong')).toThrow(UserError);
  });

  it('that are none, or of another kind, are refused without being shown', () => {
    const text = pem(ours.privateKey);
    expect(() => signingKey(text.slice(0, 80))).toThrow(/cannot be read/);
    expect(() => signingKey(text.slice(0, 80))).not.toThrow(text.slice(30, 80));
    expect(() => trustedKey(text)).toThrow(/is a private key/);
    expect(() => trustedKey('key')).toThrow(UserError);
    expect(() => trustedKey(pem(pair('secp256k1').publicKey))).toThrow(
      /secp256k1; allowed are Ed25519, P-256/,
    );
    expect(() => trustedKey(pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey))).toThrow(
      /of the kind rsa/,
    );
  });
});
