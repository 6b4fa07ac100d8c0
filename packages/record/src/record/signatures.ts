import type { KeyObject } from 'node:crypto';
import { type Digest, UserError } from '@sluice/contract';
import { digestOf, hexOf } from '../digests/file-digest.ts';
import { type Envelope, verifyEnvelope } from '../dsse/envelope.ts';
import { keyHint } from '../dsse/keys.ts';
import type { Statement } from '../statements/statement.ts';
import { isGate } from './approval.ts';
import type { RecordedStatement } from './run-record.ts';

/** A signature lies beside its statement, as a DSSE envelope: `<statement>.<key>.dsse.json`. */
export const ENVELOPE_ENDING = '.dsse.json';

export function envelopeName(statement: Digest, { signatures }: Envelope): string {
  return `${hexOf(statement)}.${(signatures[0]?.keyid ?? '').slice(0, 16)}${ENVELOPE_ENDING}`;
}

/** The envelopes that were found beside a statement, by the names of their files. */
export type EnvelopesOf = (statement: Digest) => Promise<ReadonlyMap<string, Uint8Array>>;

export interface Trust {
  /** Statements that may be believed, as they were read from the signed bytes. */
  readonly believed: readonly RecordedStatement[];
  readonly others: readonly RecordedStatement[];
}

/**
 * Divides a record by its signatures: a gate's decision is believed only where a trusted key has signed it. Without a
 * pinned digest that holds for every other statement too.
 *
 * @throws {UserError} when a signature was altered, or nothing that would have to be signed is
 */
export async function divide(
  statements: readonly RecordedStatement[],
  envelopesOf: EnvelopesOf,
  keys: readonly KeyObject[],
  { where, pinned }: { readonly where: string; readonly pinned: boolean },
): Promise<Trust> {
  const believed: RecordedStatement[] = [];
  const others: RecordedStatement[] = [];
  const complaints: string[] = [];
  for (const recorded of statements) {
    if (pinned && !isGate(recorded.statement)) {
      believed.push(recorded);
      continue;
    }
    const found = await signed(recorded.digest, await envelopesOf(recorded.digest), keys, where);
    if ('statement' in found) believed.push({ digest: recorded.digest, statement: found.statement });
    else {
      others.push(recorded);
      complaints.push(`${recorded.digest} ${found.because}`);
    }
  }
  const gates = (list: readonly RecordedStatement[]) => list.some(({ statement }) => isGate(statement));
  if (others.length > 0 && (believed.length === 0 || (gates(others) && !gates(believed))))
    throw new UserError(
      `No gate's decision in the record ${where} is signed by a key of trusted-keys (${keys.map(short).join(', ')}): ${complaints.join('; ')}. Give eval-gate the signing-key that belongs to one of them${pinned ? '' : ', or pass `record` of the step before'}.`,
    );
  return { believed, others };
}

const short = (key: KeyObject) => keyHint(key).slice(0, 16);

async function signed(
  digest: Digest,
  envelopes: ReadonlyMap<string, Uint8Array>,
  keys: readonly KeyObject[],
  where: string,
): Promise<{ readonly statement: Statement } | { readonly because: string }> {
  if (envelopes.size === 0) return { because: 'has no signature' };
  const signers: string[] = [];
  for (const [name, bytes] of envelopes) {
    const envelope = parsed(bytes, `The signature ${name} of the record ${where}`);
    if (digestOf(Buffer.from(envelope.payload, 'base64')) !== digest)
      throw new UserError(
        `The signature ${name} of the record ${where} is over other bytes than the statement ${digest}: one of them was altered.`,
      );
    const hints = envelope.signatures.map(({ keyid }) => keyid);
    try {
      return { statement: verifyEnvelope(envelope, keys) };
    } catch (error) {
      // who names a trusted key and is not signed by it was altered, or never signed by it
      if (keys.some((key) => hints.includes(keyHint(key))))
        throw new UserError(
          `The signature ${name} of the record ${where} is not valid: it names a trusted key, and ${(error as Error).message}`,
        );
    }
    signers.push(...hints.map((hint) => hint.slice(0, 16) || 'a key without a name'));
  }
  return { because: `is signed by ${signers.join(', ')}` };
}

function parsed(bytes: Uint8Array, what: string): Envelope {
  try {
    const { payload, payloadType, signatures } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Envelope;
    const texts = [payload, payloadType, ...signatures.flatMap(({ keyid, sig }) => [keyid, sig])];
    if (signatures.length > 0 && texts.every((text) => typeof text === 'string'))
      return { payload, payloadType, signatures };
  } catch {
    // said below
  }
  throw new UserError(`${what} is no DSSE envelope.`);
}
