import { parse as parseYaml } from 'yaml';
import { Invalid, type Type } from '../type.ts';

/** Names and finite numbers. */
export type Metrics = Readonly<Record<string, number>>;

/** JSON text whose value `check` accepts. */
export function json<T>(name: string, rule: string, check: (value: unknown) => T, schema: object): Type<T> {
  return {
    name,
    rule,
    parse: (t) => {
      let value: unknown;
      try {
        value = JSON.parse(t);
      } catch {
        throw new Invalid('is not JSON');
      }
      return check(value);
    },
    format: (v) => JSON.stringify(check(v)),
    schema: { type: 'string', contentMediaType: 'application/json', contentSchema: schema },
    typing: { type: 'string' },
    wired: true,
  };
}

/** A flat JSON object of finite numbers. NaN and Infinity cannot be written in JSON and are refused on both sides. */
export const metrics: Type<Metrics> = json<Metrics>(
  'Metrics',
  'a JSON object of finite numbers',
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Invalid('is not a JSON object');
    for (const [key, v] of Object.entries(value)) {
      if (typeof v !== 'number' || !Number.isFinite(v))
        throw new Invalid(`'${key}' is ${JSON.stringify(v) ?? String(v)}, not a finite number`);
    }
    return value as Metrics;
  },
  { type: 'object', additionalProperties: { type: 'number' } },
);

/** A JSON list of texts. */
export const textList: Type<readonly string[]> = json<readonly string[]>(
  'TextList',
  'a JSON list of texts',
  (value) => {
    if (!Array.isArray(value) || value.some((v) => typeof v !== 'string'))
      throw new Invalid('is not a JSON list of texts');
    return value as string[];
  },
  { type: 'array', items: { type: 'string' } },
);

/** Several values of one type between commas or on lines of their own. */
export function list<T>(item: Type<T>): Type<readonly T[]> {
  return {
    name: `${item.name} list`,
    rule: `${item.rule}; several between commas or on lines of their own`,
    parse: (t) =>
      t
        .split(/[,\n]/)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => item.parse(part)),
    format: (v) => v.map((x) => item.format(x)).join(','),
    schema: { type: 'string' },
    typing: { type: 'list', separator: ',', 'list-item': item.typing },
  };
}

/** A configuration: written out in the workflow, or a file of the checked-out commit. */
export type DocumentSource = { readonly inline: string } | { readonly path: string };

/** Inline YAML or JSON (a map or a list), else a path. Its own schema is checked by the room that reads it. */
export const document: Type<DocumentSource> = {
  name: 'Document',
  rule: 'inline YAML or JSON (a map or a list), or the path of such a file',
  parse: (t) => {
    if (!/[\n:[{]/.test(t)) return { path: t };
    try {
      const value: unknown = parseYaml(t);
      return typeof value === 'object' && value !== null ? { inline: t } : { path: t };
    } catch {
      // broken inline YAML: the reader reports it with line and column
      return /[\n{[]/.test(t) ? { inline: t } : { path: t };
    }
  },
  format: (v) => ('inline' in v ? v.inline : v.path),
  schema: { type: 'string' },
  typing: { type: 'string' },
};

/** `T` or the literal `none`: an output that does not apply, an input that is not given. */
export function orNone<T>(type: Type<T>): Type<T | 'none'> {
  return {
    name: `${type.name}|none`,
    rule: `${type.rule}, or 'none'`,
    parse: (t) => (t === 'none' ? 'none' : type.parse(t)),
    format: (v) => (v === 'none' ? 'none' : type.format(v as T)),
    schema: { anyOf: [{ const: 'none' }, type.schema] },
    typing:
      type.typing.type === 'enum'
        ? { ...type.typing, 'allowed-values': [...type.typing['allowed-values'], 'none'] }
        : type.typing.type === 'boolean'
          ? { type: 'enum', name: `${type.name}OrNone`, 'allowed-values': ['true', 'false', 'none'] }
          : { type: 'string' },
    ...(type.wired ? { wired: true } : {}),
  };
}
