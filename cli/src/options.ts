import { nearest, UserError } from '@sluice/contract';

/** An option of a command that is no action. */
export interface Option {
  readonly description: string;
  /** Takes no value. */
  readonly alone?: boolean;
}
export type Options = Readonly<Record<string, Option>>;

export interface Given<O extends Options> {
  readonly options: { readonly [K in keyof O]?: string };
  readonly words: readonly string[];
}

/** Reads `--name value`, `--name=value` and words without a name; a misspelt name is told the nearest. */
export function readOptions<O extends Options>(argv: readonly string[], allowed: O): Given<O> {
  const options: Record<string, string> = {};
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      words.push(word);
      continue;
    }
    const option = allowed[name];
    if (!option) {
      const near = nearest(name, Object.keys(allowed));
      const names = Object.keys(allowed).map((known) => `--${known}`);
      throw new UserError(
        `unknown option --${name}${near ? `: did you mean --${near}?` : ''} (allowed: ${names.join(', ')})`,
      );
    }
    if (option.alone) options[name] = 'true';
    else if (value !== undefined) options[name] = value;
    else if (argv[i + 1] === undefined) throw new UserError(`--${name} needs a value: ${option.description}`);
    else options[name] = argv[++i] as string;
  }
  return { options: options as Given<O>['options'], words };
}
