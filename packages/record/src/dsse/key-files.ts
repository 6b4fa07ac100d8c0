import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { signingKey, trustedKeys } from './keys.ts';

/** Passphrase of an encrypted signing key. */
const PASSPHRASE = 'SLUICE_SIGNING_PASSPHRASE';

export interface KeySurroundings {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told each secret before anything else is done with it. */
  mask(secret: string): void;
}

/**
 * The private key that the input `signing-key` names: the path of a PEM file, `env:NAME`, or the PEM itself; undefined where it is not
 * given. Read before the work begins: a key that cannot be read would be found out only at its end.
 *
 * @throws {UserError} that shows the place, never the key
 */
export async function readSigningKey(
  given: string | undefined,
  around: KeySurroundings,
): Promise<KeyObject | undefined> {
  if (given === undefined) return undefined;
  const passphrase = around.env[PASSPHRASE] || undefined;
  if (passphrase) around.mask(passphrase);
  const pem = await pemOf(given, around);
  around.mask(pem);
  return signingKey(pem, passphrase);
}

async function pemOf(given: string, { workspace, env }: KeySurroundings): Promise<string> {
  if (given.includes('PRIVATE KEY')) return given;
  const variable = /^env:(.*)$/s.exec(given)?.[1];
  if (variable !== undefined) {
    const value = env[variable];
    if (!value)
      throw new UserError(
        `signing-key is 'env:${variable}', and the variable ${variable} is empty or not set`,
      );
    return value;
  }
  return readFile(resolve(workspace, given), 'utf8').catch((error: unknown) => {
    throw new UserError(
      `signing-key: the file '${given}' cannot be read (${messageOf(error)}); give the path of a PEM file, or env:NAME for a variable that holds the PEM`,
    );
  });
}

/** What reads a file that decides: of the commit, where the host can tell. */
export interface Documents {
  document(
    source: { readonly path: string },
    options: { readonly input: string; readonly decides: boolean },
  ): Promise<{ readonly text: string; readonly name: string }>;
}

/** The keys that the input `trusted-keys` names; undefined where it is not given. */
export async function readTrustedKeys(
  path: string | undefined,
  documents: Documents,
): Promise<readonly KeyObject[] | undefined> {
  if (path === undefined) return undefined;
  const { text, name } = await documents.document({ path }, { input: 'trusted-keys', decides: true });
  return trustedKeys(text, name);
}
