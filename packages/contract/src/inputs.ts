import type { Definition, InputSpec, InputSpecs, Inputs, OutputSpecs } from './action.ts';
import { UserError } from './errors.ts';
import { nearest } from './nearest.ts';
import { Invalid, quote } from './type.ts';

/** A text as the host received it, with the name under which the user wrote it. */
export type GivenInputs = ReadonlyMap<string, string>;

/** Whether an input that is not given arrives as `none`: an empty text would then be a value that got lost. */
export const noneMeansAbsent = (spec: InputSpec): boolean =>
  spec.type.wired === true && !spec.required && spec.default === undefined;

/**
 * Turns texts into values, or throws one {@link UserError} that names every bad input at once: what was given,
 * what is allowed and, for a misspelt name, the nearest valid one. Values of secrets are never shown.
 */
export function parseInputs<I extends InputSpecs, O extends OutputSpecs>(
  definition: Definition<I, O>,
  given: GivenInputs,
): Inputs<I> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const names = Object.keys(definition.inputs);
  const renamed = new Map(
    names.flatMap((name) => (definition.inputs[name]?.renamedFrom ?? []).map((old) => [old, name] as const)),
  );

  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    const now = renamed.get(name);
    if (now) problems.push(`input '${name}' is now called '${now}': rename it`);
    else {
      const near = nearest(name, names);
      problems.push(
        `unknown input '${name}'${near ? `: did you mean '${near}'?` : ''} (allowed: ${names.join(', ')})`,
      );
    }
  }

  for (const name of names) {
    const spec = definition.inputs[name] as InputSpec;
    const text = given.get(name);
    const raw = text ?? spec.default;
    // hosts pass an input that is not given as an empty text; where that could be a lost value, `none` says "not given"
    if (raw === undefined || (raw === '' && !spec.type.wired) || (raw === 'none' && noneMeansAbsent(spec))) {
      if (spec.required)
        problems.push(`input '${name}' is required: ${spec.description} (allowed: ${spec.type.rule})`);
      else if (raw === '' && spec.default !== undefined) values[name] = spec.type.parse(spec.default);
      else values[name] = undefined;
      continue;
    }
    try {
      values[name] = spec.type.parse(raw);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const shown = spec.secret ? 'a secret value' : quote(raw);
      problems.push(
        `input '${name}': ${shown} ${error.message}; allowed: ${spec.type.rule}${error.hint ? `; ${error.hint}` : ''}`,
      );
    }
  }

  if (problems.length === 1) throw new UserError(problems[0] as string);
  if (problems.length > 1)
    throw new UserError(`${problems.length} inputs are wrong:\n${problems.map((p) => `- ${p}`).join('\n')}`);
  return values as Inputs<I>;
}
