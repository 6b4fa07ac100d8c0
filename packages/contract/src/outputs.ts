import type { Definition, InputSpecs, OutputSpec, OutputSpecs, Outputs } from './action.ts';
import { InternalError, UserError } from './errors.ts';
import { quote } from './type.ts';

/** What a host does to outputs on their way to the next step. */
export interface OutputRules {
  /** Secrets the host masks: a value that contains one arrives empty. */
  readonly masked: readonly string[];
  /** True where values must be one line without edges (GitLab's dotenv report). */
  readonly oneLine: boolean;
}

/**
 * Encodes every declared output. An output that is missing, empty, undeclared or not of its type is a fault of ours;
 * one that the host would drop or change on the way is the user's to mend, and the error says why.
 */
export function encodeOutputs<I extends InputSpecs, O extends OutputSpecs>(
  definition: Definition<I, O>,
  outputs: Outputs<O>,
  rules: OutputRules,
): Map<string, string> {
  const encoded = new Map<string, string>();
  const undeclared = Object.keys(outputs).filter((name) => !(name in definition.outputs));
  if (undeclared.length > 0)
    throw new InternalError(
      `${definition.name} set outputs that it does not declare: ${undeclared.join(', ')}`,
    );
  for (const [name, spec] of Object.entries(definition.outputs) as [string, OutputSpec][]) {
    const value = (outputs as Record<string, unknown>)[name];
    if (value === undefined || value === null)
      throw new InternalError(`${definition.name} did not set its output '${name}'`);
    const text = spec.type.format(value);
    if (text === '') throw new InternalError(`${definition.name} set its output '${name}' to an empty text`);
    try {
      spec.type.parse(text);
    } catch (error) {
      throw new InternalError(
        `${definition.name} set its output '${name}' to ${quote(text)}: ${(error as Error).message}`,
      );
    }
    // the value itself holds part of a secret, so it is not shown
    if (rules.masked.some((secret) => text.includes(secret))) {
      throw new UserError(
        `output '${name}' contains a text that is masked as a secret, so the host would hand on an empty value; ` +
          `rename what '${name}' is made of, or choose a secret that is not part of it (a masked word such as '1' or 'true' erases outputs)`,
      );
    }
    if (rules.oneLine && (/[\r\n]/.test(text) || text.trim() !== text)) {
      throw new UserError(
        `output '${name}' is ${quote(text)}: GitLab hands on single lines only, without blanks at the ends`,
      );
    }
    encoded.set(name, text);
  }
  return encoded;
}
