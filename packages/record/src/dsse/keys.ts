import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { messageOf, UserError } from '@sluice/contract';

/** The hash that goes with each curve (as OpenSSF model signing 1.0 has them); Ed25519 hashes by itself. */
const HASHES: Readonly<Record<string, string | null>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
  ed25519: null,
};

/**
 * A private key for signing: PEM (PKCS#8 or SEC1), encrypted or not; Ed25519, P-256, P-384 or P-521.
 *
 * @throws {UserError} that never shows any of the key
 */
export function signingKey(pem: string, passphrase?: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new UserError(
      'The signing key cannot be read. Give a private key as PEM, and its passphrase (SLUICE_SIGNING_PASSPHRASE) where it is encrypted; `openssl genpkey -algorithm ed25519` makes one.',
    );
  }
  hashOf(key);
  return key;
}

/**
 * A public key that is trusted.
 *
 * @throws {UserError} when it is none, or of a kind that is not taken
 */
export function trustedKey(pem: string): KeyObject {
  // a private key would be taken for its public half: it has no place among trusted keys
  if (pem.includes('PRIVATE KEY'))
    throw new UserError('A trusted key is a private key; give the public one (openssl pkey -pubout).');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UserError('A trusted key cannot be read. Give public keys as PEM.');
  }
  hashOf(key);
  return key;
}

/**
 * The keys of a file of trusted keys: PEM blocks, one after the other; what stands between them is a comment.
 *
 * @param name the file, for errors
 * @throws {UserError} when there is none, or one cannot be read
 */
export function trustedKeys(text: string, name: string): KeyObject[] {
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g) ?? [];
  if (blocks.length === 0)
    throw new UserError(
      `${name} holds no trusted key; write public keys as PEM into it (openssl pkey -in <private key> -pubout)`,
    );
  return blocks.map((block, i) => {
    try {
      return trustedKey(block);
    } catch (error) {
      throw new UserError(`${name}, key ${i + 1}: ${messageOf(error)}`);
    }
  });
}

/** Hex SHA-256 of the public key's PEM: a hint which key it was, on which nothing is decided. */
export function keyHint(key: KeyObject): string {
  const pem = publicHalf(key).export({ type: 'spki', format: 'pem' });
  return createHash('sha256').update(pem).digest('hex');
}

export const publicHalf = (key: KeyObject): KeyObject =>
  key.type === 'private' ? createPublicKey(key) : key;

/** What goes with a key into Node's sign and verify; null: the key's own way. */
export function hashOf(key: KeyObject): string | null {
  const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? key.type;
  const hash = HASHES[kind];
  if (hash === undefined)
    throw new UserError(`A key is of the kind ${kind}; allowed are Ed25519, P-256, P-384 and P-521.`);
  return hash;
}
