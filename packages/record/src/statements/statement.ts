import { type Digest, InternalError, UserError } from '@sluice/contract';
import { canonicalJson } from '../digests/canonical-json.ts';
import { digestOf, hexOf } from '../digests/file-digest.ts';

/** in-toto ResourceDescriptor v1: something named by what it is, not by where it lies. */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** What a statement is about; its digest (`sha256`, or `gitCommit` for a commit) is never missing. */
export interface Subject extends ResourceDescriptor {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** in-toto Statement v1 (https://in-toto.io/Statement/v1, attestation spec 1.2). */
export interface Statement<P = unknown> {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: P;
}

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** A statement as it lies in a record: one line of canonical JSON, named by the SHA-256 of its file. */
export interface EncodedStatement {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export function encodeStatement(statement: Statement): EncodedStatement {
  if (statement.subject.length === 0) throw new InternalError('A statement needs a subject.');
  const bytes = Buffer.from(`${canonicalJson(statement)}\n`);
  return { digest: digestOf(bytes), bytes };
}

/**
 * Reads the file of one statement. Unknown fields are kept and ignored, as the specification asks.
 *
 * @throws {UserError} when it is not an in-toto Statement v1 whose subjects all have a digest
 */
export function decodeStatement(bytes: Uint8Array, where: string): Statement {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new UserError(`${where} is not one line of JSON.`);
  }
  const { _type, subject, predicateType, predicate } = (value ?? {}) as Partial<Statement>;
  if (_type !== STATEMENT_TYPE)
    throw new UserError(`${where} has the _type '${String(_type)}'; expected '${STATEMENT_TYPE}'.`);
  if (!Array.isArray(subject) || subject.length === 0 || !subject.every(isSubject))
    throw new UserError(`${where} has no subject, or one without a name and a digest.`);
  if (typeof predicateType !== 'string' || typeof predicate !== 'object' || predicate === null)
    throw new UserError(`${where} has no predicate.`);
  return { _type, subject, predicateType, predicate };
}

function isSubject(value: unknown): value is Subject {
  const { name, digest } = (value ?? {}) as Partial<Subject>;
  const digests = Object.values(digest ?? {});
  return typeof name === 'string' && digests.length > 0 && digests.every((d) => /^[0-9a-f]{40,128}$/.test(d));
}

/** A subject or a dependency from a digest of the contract. */
export function resource(name: string, digest: Digest, uri?: string): Subject {
  return { name, ...(uri === undefined ? {} : { uri }), digest: { sha256: hexOf(digest) } };
}

/** The digest of a resource as the contract writes it. */
export function digestOfResource(resource: ResourceDescriptor): Digest | undefined {
  const hex = resource.digest?.sha256;
  return hex === undefined || !/^[0-9a-f]{64}$/.test(hex) ? undefined : (`sha256:${hex}` as Digest);
}
