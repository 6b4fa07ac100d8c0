export {
  type Definition,
  defineAction,
  type InputSpec,
  type InputSpecs,
  type Inputs,
  type OutputSpec,
  type OutputSpecs,
  type Outputs,
} from './action.ts';
export { InternalError, messageOf, ProgramError, SystemError, UserError } from './errors.ts';
export { type GivenInputs, noneMeansAbsent, parseInputs } from './inputs.ts';
export { nearest } from './nearest.ts';
export { encodeOutputs, type OutputRules } from './outputs.ts';
export { placeIn, placesIn, readDocument } from './read-document.ts';
export {
  apiKey,
  dryRun,
  failOnReject,
  pythonInputs,
  runInputs,
  runOutputs,
  signingKey,
  token,
  trustedKeys,
} from './shared-inputs.ts';
export {
  type Branded,
  Invalid,
  type JsonSchema,
  quote,
  type Type,
  type TypeValue,
  type Typing,
} from './type.ts';
export {
  type Digest,
  digest,
  type ImageRef,
  imageRef,
  joinRecordRef,
  type ModelDigest,
  type ModelRef,
  modelDigest,
  modelRef,
  type RecordRef,
  type RunId,
  recordRef,
  runId,
  splitRecordRef,
} from './types/identities.ts';
export { envName, integer, number, path, text, url } from './types/plain.ts';
export {
  type Duration,
  duration,
  instant,
  inWords,
  type Percent,
  percent,
  type Version,
  version,
} from './types/quantities.ts';
export {
  type DocumentSource,
  document,
  json,
  list,
  type Metrics,
  metrics,
  orNone,
  textList,
} from './types/structures.ts';
export { type CanaryDecision, canaryDecision, choice, type Decision, decision, flag } from './types/words.ts';
