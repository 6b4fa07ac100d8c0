import { type Definition, type GivenInputs, UserError } from '@sluice/contract';

/** Options of the command line itself, beside the inputs of the action. */
export const OWN_OPTIONS = ['--json', '--help', '-h'] as const;

/** True when the whole result is to be one JSON object on standard output. */
export const wantsJson = (argv: readonly string[]): boolean => argv.includes('--json');

/**
 * Inputs of a command line: `--name value`, `--name=value`; a flag alone means `true`. A value that itself begins
 * with `--` is written with `=`. Names are not checked here: the definition knows them and finds the nearest.
 */
export function argvInputs(definition: Definition, argv: readonly string[]): GivenInputs {
  const given = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if ((OWN_OPTIONS as readonly string[]).includes(word)) continue;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined)
      throw new UserError(
        `'${word}' stands where an input was expected; write --name value, for example --dry-run`,
      );
    if (given.has(name)) throw new UserError(`--${name} is given twice; give it once`);
    if (value !== undefined) {
      given.set(name, value);
      continue;
    }
    const next = argv[i + 1];
    if (definition.inputs[name]?.type.name === 'Flag' && next !== 'true' && next !== 'false') {
      given.set(name, 'true');
    } else if (next === undefined || next.startsWith('--')) {
      const lost = next === undefined ? '' : ` (a value that begins with -- is written as --${name}=${next})`;
      throw new UserError(`--${name} needs a value${lost}`);
    } else {
      given.set(name, next);
      i++;
    }
  }
  return given;
}
