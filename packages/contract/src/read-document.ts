import { LineCounter, parseDocument as parseYaml, visit, type YAMLError } from 'yaml';
import type * as z from 'zod/mini';
import { documentProblem } from './document-problem.ts';
import { UserError } from './errors.ts';
import { nearest } from './nearest.ts';

/**
 * Reads YAML or JSON against a schema. Every problem is reported at once, at line and column of `source`.
 * Aliases are limited and keys unique, so that a hostile file can neither explode nor say two things.
 */
export function readDocument<T>(text: string, source: string, schema: z.ZodMiniType<T>): T {
  const lines = new LineCounter();
  const doc = parseYaml(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number | undefined) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${source}:${line}:${col}`;
  };
  if (doc.errors.length > 0) {
    throw new UserError(together(doc.errors.map((e) => `${at(e.pos[0])}: ${inWords(e)}`)));
  }
  let value: unknown;
  try {
    value = doc.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw new UserError(`${at(aliasOf(doc))}: ${(error as Error).message}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    const offset = positionOf(doc, path);
    const where = path.length > 0 ? `'${path.join('.')}' ` : '';
    if (issue.code === 'unrecognized_keys') {
      const allowed = allowedKeys(schema, path);
      return issue.keys.map((key) => {
        const near = nearest(key, allowed);
        const list = allowed.length > 0 ? ` (allowed: ${allowed.join(', ')})` : '';
        return `${at(positionOf(doc, [...path, key]))}: unknown key '${key}'${near ? `: did you mean '${near}'?` : ''}${list}`;
      });
    }
    if (value === null || value === undefined)
      return [`${at(offset)}: the document is empty; allowed: ${documentKeys(schema)}`];
    return [`${at(offset)}: ${where}${documentProblem(issue, valueAt(value, path))}`];
  });
  throw new UserError(together(problems));
}

const MOST_PROBLEMS = 30;

function together(problems: readonly string[]): string {
  const more = problems.length - MOST_PROBLEMS;
  return [...problems.slice(0, MOST_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** What YAML's parser says to programmers, in words for who wrote the file. */
function inWords({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document starts here; allowed: one document a file';
  return /call stack/.test(message) ? 'lists or maps are nested too deep' : message;
}

/** Where the first alias stands that names nothing; of any alias, where all name something. */
function aliasOf(doc: ReturnType<typeof parseYaml>): number | undefined {
  const aliases: { at: number | undefined; lost: boolean }[] = [];
  visit(doc, {
    Alias(_, node) {
      aliases.push({ at: node.range?.[0], lost: node.resolve(doc) === undefined });
    },
  });
  return (aliases.find(({ lost }) => lost) ?? aliases[0])?.at;
}

/** `source:line:column` of what lies at `path` in a YAML or JSON text that was read before; of its next parent where it is not there. */
export function placeIn(text: string, source: string, path: readonly (string | number)[]): string {
  return placesIn(text, source)(path);
}

/** The same for many places of one text, which is parsed once. */
export function placesIn(text: string, source: string): (path: readonly (string | number)[]) => string {
  const lines = new LineCounter();
  const doc = parseYaml(text, { lineCounter: lines });
  return (path) => {
    const { line, col } = lines.linePos(positionOf(doc, path) ?? 0);
    return `${source}:${line}:${col}`;
  };
}

function documentKeys(schema: unknown): string {
  const keys = allowedKeys(schema, []);
  return keys.length > 0 ? `a map of ${keys.join(', ')}` : 'a map or a list';
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  );
}

function positionOf(
  doc: ReturnType<typeof parseYaml>,
  path: readonly (string | number)[],
): number | undefined {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? doc.contents : doc.getIn(path.slice(0, depth), true);
    const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
    if (range) return range[0];
  }
  return undefined;
}

/** The keys that an object schema knows at a path; empty where the schema is no plain object there. */
function allowedKeys(schema: unknown, path: readonly (string | number)[]): string[] {
  type Def = { shape?: Record<string, unknown>; innerType?: unknown; element?: unknown };
  const def = (s: unknown): Def | undefined => (s as { _zod?: { def?: Def } } | undefined)?._zod?.def;
  let here: unknown = schema;
  for (const part of [...path, undefined]) {
    while (def(here)?.innerType) here = def(here)?.innerType;
    if (part === undefined) break;
    here = typeof part === 'number' ? def(here)?.element : def(here)?.shape?.[part];
  }
  return Object.keys(def(here)?.shape ?? {});
}
