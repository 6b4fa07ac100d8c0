// What a model, a file or a value is: its digest.
export { canonicalJson, jsonDigest } from './digests/canonical-json.ts';
export { digestOf, fileDigest, hexOf } from './digests/file-digest.ts';
export { assertNoPickles, type ModelManifest, modelDigest, modelManifest } from './digests/model-digest.ts';
export { type ModelFile, modelFiles } from './digests/model-files.ts';
// Signatures over statements.
export { type Envelope, IN_TOTO, pae, signStatement, verifyEnvelope } from './dsse/envelope.ts';
export { type Documents, type KeySurroundings, readSigningKey, readTrustedKeys } from './dsse/key-files.ts';
export { keyHint, signingKey, trustedKey, trustedKeys } from './dsse/keys.ts';
// The record of a run: add a statement, open it, ask it.
export { type Appended, type AppendOptions, appendStatement, pinRecord } from './record/append-statement.ts';
export { type Approval, provesApproval } from './record/approval.ts';
export { commitBehind } from './record/commit-behind.ts';
export {
  identityNamed,
  imageNamed,
  type Named,
  type NamedImage,
  type NamedModel,
  namedBy,
} from './record/named.ts';
export { type OpenOptions, openRecord } from './record/open-record.ts';
export { recordDigest } from './record/record-set.ts';
export {
  type RecordedStatement,
  type RecordOwner,
  type RecordStore,
  type RunRecord,
  recordFolder,
} from './record/run-record.ts';
// What can be stated.
export {
  describeIdentity,
  type Identity,
  identityOf,
  type Places,
  sameIdentity,
  subjectsOf,
} from './statements/identity.ts';
export { LLM_RUN, type LlmRun, runStatement } from './statements/llm-run.ts';
export { type Maker, OWN } from './statements/maker.ts';
export {
  BUILD_TYPES,
  imageStatement,
  PROVENANCE,
  type Provenance,
  quantizationStatement,
  trainingStatement,
} from './statements/provenance.ts';
export {
  CANARY,
  type CanaryPredicate,
  canaryStatement,
  deployStatement,
  ROLLBACK,
  type RollbackPredicate,
  rollbackStatement,
  VERIFICATION_SUMMARY,
  type VerificationSummary,
} from './statements/rollout.ts';
export {
  decodeStatement,
  encodeStatement,
  type ResourceDescriptor,
  type Statement,
  type Subject,
} from './statements/statement.ts';
export {
  codeStatement,
  gateStatement,
  smokeTestStatement,
  TEST_RESULT,
  type TestResult,
} from './statements/test-result.ts';
