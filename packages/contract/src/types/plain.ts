import { Invalid, type Type } from '../type.ts';

/** Any text, one line or several. */
export const text: Type<string> = {
  name: 'Text',
  rule: 'any text',
  parse: (t) => t,
  format: (v) => v,
  schema: { type: 'string' },
  typing: { type: 'string' },
};

/** A path, absolute or relative to the workspace. */
export const path: Type<string> = {
  name: 'Path',
  rule: 'a path, absolute or relative to the workspace',
  parse: (t) => {
    if (t.includes('\0')) throw new Invalid('holds a NUL byte');
    return t;
  },
  format: (v) => v,
  schema: { type: 'string' },
  typing: { type: 'string' },
};

/** The name of an environment variable, where a secret is given by name. */
export const envName: Type<string> = {
  name: 'EnvName',
  rule: 'the name of an environment variable: letters, digits and _, not starting with a digit',
  parse: (t) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(t))
      throw new Invalid(
        'is not a name of a variable',
        'give the name of the variable, not the secret itself',
      );
    return t;
  },
  format: (v) => v,
  schema: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  typing: { type: 'string' },
};

/** An http or https address. */
export const url: Type<string> = {
  name: 'Url',
  rule: 'an http:// or https:// address',
  parse: (t) => {
    if (!/^https?:\/\//i.test(t) || !URL.canParse(t)) {
      throw new Invalid(
        'is not an address',
        /^[\w.-]+:\d+/.test(t) ? `did you mean http://${t}?` : undefined,
      );
    }
    return t.replace(/\/+$/, '');
  },
  format: (v) => v,
  schema: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' },
  typing: { type: 'string' },
};

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function within(value: number, { min, max }: Range): number {
  if (min !== undefined && value < min) throw new Invalid(`is under ${min}`);
  if (max !== undefined && value > max) throw new Invalid(`is over ${max}`);
  return value;
}

const span = ({ min, max }: Range) =>
  min !== undefined && max !== undefined
    ? ` from ${min} to ${max}`
    : min !== undefined
      ? `, at least ${min}`
      : max !== undefined
        ? `, at most ${max}`
        : '';

const bounds = ({ min, max }: Range) => ({
  ...(min === undefined ? {} : { minimum: min }),
  ...(max === undefined ? {} : { maximum: max }),
});

/** A whole number. */
export const integer = (range: Range = {}): Type<number> => ({
  name: 'Integer',
  rule: `a whole number${span(range)}`,
  parse: (t) => {
    if (!/^-?\d{1,15}$/.test(t)) throw new Invalid('is not a whole number');
    return within(Number(t), range);
  },
  format: (v) => String(v),
  schema: { type: 'integer', ...bounds(range) },
  typing: { type: 'integer' },
});

/** A finite decimal number; NaN and Infinity are refused. */
export const number = (range: Range = {}): Type<number> => ({
  name: 'Number',
  rule: `a finite number${span(range)}`,
  parse: (t) => {
    if (!/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(t) || !Number.isFinite(Number(t)))
      throw new Invalid('is not a finite number');
    return within(Number(t), range);
  },
  format: (v) => {
    if (!Number.isFinite(v)) throw new Invalid(`is ${v}, not a finite number`);
    return String(v);
  },
  schema: { type: 'number', ...bounds(range) },
  typing: { type: 'float' },
});
