import { UserError } from '@sluice/contract';

/** GitLab refuses a report of 5,120 bytes or more, and by default of more than 20 variables, as a whole. */
export const dotenvBytes = 4_800;
export const dotenvVariables = 20;

/** Who reads the report: GitLab takes quotes literally; gitlab-ci-local reads with a parser that ends a value at `#`. */
export type DotenvReader = 'gitlab' | 'gitlab-ci-local';

/** `eval-gate` and `model-digest` give `EVAL_GATE_MODEL_DIGEST`. */
export const variableOf = (prefix: string, output: string): string =>
  `${prefix}_${output.toUpperCase().replaceAll('-', '_')}`;

/**
 * One line of a dotenv report. Both readers expand `$NAME` in values when a job uses them and turn `$$` back into `$`
 * (gitlab-runner `JobVariables.Expand`), so every `$` is doubled.
 */
export function dotenvLine(name: string, value: string, reader: DotenvReader): string {
  if (/[\r\n]/.test(value) || value.trim() !== value)
    throw new UserError(`${name} cannot be handed on: GitLab takes one line without blanks at its ends`);
  const escaped = value.replaceAll('$', '$$$$');
  return `${name}=${reader === 'gitlab' ? escaped : quoted(name, escaped)}`;
}

function quoted(name: string, value: string): string {
  if (!/[#'"`]/.test(value)) return value;
  const quote = ["'", '`'].find((mark) => !value.includes(mark));
  if (quote) return `${quote}${value}${quote}`;
  throw new UserError(
    `${name} holds both kinds of quotes that gitlab-ci-local could read back (' and \`); GitLab itself would take it`,
  );
}

/**
 * The whole report: the lines that other steps of this job wrote, then ours. An earlier value of the same name is
 * replaced. Throws what the user can do where GitLab would refuse the report.
 */
export function dotenvReport(
  before: string,
  prefix: string,
  outputs: ReadonlyMap<string, string>,
  reader: DotenvReader,
): string {
  const ours = [...outputs].map(([output, value]) => dotenvLine(variableOf(prefix, output), value, reader));
  const lines = [...withoutPrefix(before, prefix), ...ours];
  const text = lines.map((line) => `${line}\n`).join('');
  const bytes = Buffer.byteLength(text);
  const largest = [...outputs].sort((a, b) => b[1].length - a[1].length)[0]?.[0];
  if (bytes > dotenvBytes)
    throw new UserError(
      `the outputs take ${bytes} bytes, and GitLab refuses a dotenv report of more than ${dotenvBytes}; the longest is '${largest}': make it shorter (fewer names, shorter paths)${lines.length > ours.length ? ', or give each action a job of its own' : ''}`,
    );
  if (lines.length > dotenvVariables)
    throw new UserError(
      `this job hands on ${lines.length} variables, and GitLab takes ${dotenvVariables}: give each action a job of its own`,
    );
  return text;
}

/** The lines of a report without those of one prefix. */
export const withoutPrefix = (text: string, prefix: string): string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(`${prefix}_`));
