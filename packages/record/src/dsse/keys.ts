import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { UserError } from '@sluice/contract';

/** The hash that goes with each curve (as OpenSSF model signing 1.0 has them). */
const HASHES: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

/**
 * A private key for signing: PEM (PKCS#8 or SEC1), encrypted or not, on P-256, P-384 or P-521.
 *
 * @throws {UserError} that never shows any of the key
 */
export function signingKey(pem: string, passphrase?: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new UserError(
      'The signing key cannot be read. Give a private key as PEM, and its passphrase where it is encrypted (openssl ecparam -genkey -name prime256v1 -noout makes one).',
    );
  }
  hashOf(key);
  return key;
}

/**
 * A public key that is trusted.
 *
 * @throws {UserError} when it is none, or on a curve that is not taken
 */
export function trustedKey(pem: string): KeyObject {
  // a private key would be taken for its public half: it has no place among trusted keys
  if (pem.includes('PRIVATE KEY'))
    throw new UserError('A trusted key is a private key; give the public one (openssl ec -pubout).');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UserError('A trusted key cannot be read. Give public keys as PEM.');
  }
  hashOf(key);
  return key;
}

/** Hex SHA-256 of the public key's PEM: a hint which key it was, on which nothing is decided. */
export function keyHint(key: KeyObject): string {
  const pem = publicHalf(key).export({ type: 'spki', format: 'pem' });
  return createHash('sha256').update(pem).digest('hex');
}

export const publicHalf = (key: KeyObject): KeyObject =>
  key.type === 'private' ? createPublicKey(key) : key;

export function hashOf(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? key.type;
  const hash = HASHES[curve];
  if (!hash) throw new UserError(`A key is on ${curve}; allowed are P-256, P-384 and P-521.`);
  return hash;
}
