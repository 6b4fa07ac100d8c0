import { type KeyObject, sign, verify } from 'node:crypto';
import { UserError } from '@sluice/contract';
import { canonicalJson } from '../digests/canonical-json.ts';
import { decodeStatement, encodeStatement, type Statement } from '../statements/statement.ts';
import { hashOf, keyHint, publicHalf } from './keys.ts';

/** DSSE 1.0.2: a payload with signatures over its bytes and their type. */
export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

export const IN_TOTO = 'application/vnd.in-toto+json';

/** DSSE's pre-authentication encoding: what is signed. Lengths are in bytes. */
export function pae(payloadType: string, body: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${body.length} `), body]);
}

/** Signs a statement (Ed25519, or ECDSA as DER): the form that works on every host and without a network. */
export function signStatement(statement: Statement, keys: readonly KeyObject[]): Envelope {
  const { bytes } = encodeStatement(statement);
  const message = pae(IN_TOTO, bytes);
  return {
    payloadType: IN_TOTO,
    payload: Buffer.from(bytes).toString('base64'),
    signatures: keys.map((key) => ({
      keyid: keyHint(key),
      sig: sign(hashOf(key), message, key).toString('base64'),
    })),
  };
}

/**
 * The statement in an envelope that at least `threshold` different trusted keys have signed. The bytes that were
 * verified are the bytes that are read; key ids decide nothing.
 *
 * @throws {UserError} when too few have, or when it can be read in more than one way
 */
export function verifyEnvelope(
  { payloadType, payload, signatures }: Envelope,
  trusted: readonly KeyObject[],
  threshold = 1,
): Statement {
  if (payloadType !== IN_TOTO)
    throw new UserError(`The envelope holds '${payloadType}'; expected '${IN_TOTO}'.`);
  const body = base64(payload, 'payload');
  const message = pae(payloadType, body);
  const sigs = signatures.map(({ sig }) => base64(sig, 'signature'));
  const keys = new Map(trusted.map((key) => [keyHint(key), publicHalf(key)]));
  const signed = [...keys.values()].filter((key) =>
    sigs.some((sig) => verify(hashOf(key), message, key, sig)),
  );
  if (threshold < 1 || signed.length < threshold)
    throw new UserError(
      `The envelope has ${signed.length} valid signatures of the ${keys.size} trusted keys; ${threshold} are needed.`,
    );
  const statement = decodeStatement(body, 'The signed statement');
  // two readers could see two statements in repeated names; canonical text has one reading
  const text = body.toString('utf8').replace(/\n$/, '');
  if (text.includes('"__proto__"') || canonicalJson(JSON.parse(text)) !== text)
    throw new UserError('The signed statement is not canonical JSON (RFC 8785), or names __proto__.');
  return statement;
}

/** Standard or URL-safe base64; anything else is refused, where Node would skip it. */
function base64(text: string, what: string): Buffer {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text))
    throw new UserError(`The envelope's ${what} is not base64.`);
  return Buffer.from(text, /[-_]/.test(text) ? 'base64url' : 'base64');
}
