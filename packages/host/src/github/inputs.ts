import { type Definition, type GivenInputs, noneMeansAbsent, UserError } from '@sluice/contract';
import type { Env } from '../detect.ts';

const PREFIX = 'INPUT_';

/**
 * Inputs as a runner passes them: `INPUT_` and the name in capitals, blanks as `_`. Runners keep hyphens; a shell
 * cannot write such a name, so the form with `_` is read too. Where both are there the one that is not merely the
 * default counts, and two different ones are an error.
 */
export function githubInputs(definition: Definition, env: Env): GivenInputs {
  const given = new Map<string, string>();
  const written = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined) continue;
    const name = variable.slice(PREFIX.length).toLowerCase();
    const input = name.replaceAll('_', '-');
    const known = given.get(input);
    if (known === undefined || isDefault(definition, input, known)) {
      given.set(input, value);
      written.set(input, name);
    } else if (!isDefault(definition, input, value) && value !== known) {
      throw new UserError(
        `input '${input}' is given twice, as '${written.get(input)}' and as '${name}', with different values; write only '${input}'`,
      );
    }
  }
  return given;
}

/** Whether a text is only what action.yml says when nothing is given. */
function isDefault(definition: Definition, input: string, text: string): boolean {
  const spec = definition.inputs[input];
  if (!spec) return false;
  return text === '' || text === (spec.default ?? (noneMeansAbsent(spec) ? 'none' : ''));
}
