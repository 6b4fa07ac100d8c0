import { quote, UserError } from '@sluice/contract';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  Scalar,
} from 'yaml';
import { formatYamlPath, type YamlPath } from './yaml-path.ts';

export type YamlValue = string | number;

/** Where a value stands in a text, in characters. */
interface Found {
  readonly document: number;
  readonly value: YamlValue;
  readonly type: Scalar['type'];
  readonly from: number;
  readonly to: number;
}

/**
 * The text or number at a path; of several documents the one that has it.
 * @throws UserError where it is missing, there several times, or nothing that can be replaced
 */
export function readYaml(text: string, path: YamlPath, name: string): YamlValue {
  return find(text, path, name).value;
}

/**
 * Replaces the value at a path and touches no other character: comments, order, quotes and indentation stay. What came out is read
 * again and must differ in that value alone.
 * @throws UserError as {@link readYaml}
 */
export function editYaml(text: string, path: YamlPath, value: YamlValue, name: string): string {
  const found = find(text, path, name);
  if (found.value === value) return text;
  const next = text.slice(0, found.from) + written(value, found.type) + text.slice(found.to);
  const after = find(next, path, name);
  if (after.value !== value || !onlyThere(text, next, found.document, path))
    throw new UserError(
      `${name}: the value at ${formatYamlPath(path)} cannot be replaced without touching others; write it as a plain value of its own`,
    );
  return next;
}

function find(text: string, path: YamlPath, name: string): Found {
  const at = formatYamlPath(path);
  const documents = parsed(text, name);
  const hits = documents.flatMap((doc, document) => {
    const node = nodeAt(doc.contents as Node | null, path);
    return node === undefined ? [] : [{ node, document }];
  });
  const [hit] = hits;
  if (!hit) throw new UserError(`${name} has nothing at ${at}`);
  if (hits.length > 1)
    throw new UserError(
      `${name} has ${at} in ${hits.length} of its documents; which one is meant? Select it in a file of its own`,
    );
  const { node, document } = hit;
  if (isAlias(node))
    throw new UserError(`${name}: ${at} is an alias (*${node.source}); name the place of its anchor`);
  const value = isScalar(node) ? node.value : undefined;
  if (!isScalar(node) || !node.range || (typeof value !== 'string' && typeof value !== 'number'))
    throw new UserError(
      `${name}: ${at} holds ${isScalar(node) ? quote(String(node.value)) : 'a map or a list'}, not a text or a number`,
    );
  if (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL)
    throw new UserError(`${name}: ${at} is a block of lines; write its value on one line`);
  return { document, value, type: node.type, from: node.range[0], to: node.range[1] };
}

function parsed(text: string, name: string): Document[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  const list = Array.isArray(documents) ? documents : [];
  const wrong = list.flatMap((doc) => doc.errors)[0];
  if (wrong) throw new UserError(`${name} is no YAML: ${wrong.message}`);
  return list;
}

function nodeAt(root: Node | null, path: YamlPath): Node | undefined {
  let node: unknown = root;
  for (const step of path) {
    if ('index' in step) node = isSeq(node) ? node.items[step.index] : undefined;
    else if ('is' in step)
      node = isSeq(node)
        ? node.items.find((item) => isMap(item) && String(item.get(step.key)) === step.is)
        : undefined;
    else node = isMap(node) ? node.get(step.key, true) : undefined;
  }
  return isNode(node) ? node : undefined;
}

/** As the value before it was written: a text stays a text. */
function written(value: YamlValue, type: Scalar['type']): string {
  if (typeof value === 'number') return String(value);
  if (type === Scalar.QUOTE_SINGLE) return `'${value.replaceAll("'", "''")}'`;
  const plain = type === Scalar.PLAIN && /^[A-Za-z][A-Za-z0-9_./@:-]*[A-Za-z0-9]$/.test(value);
  return plain && !/:( |$)|^(true|false|null|yes|no|on|off)$/i.test(value) ? value : JSON.stringify(value);
}

/** Whether two texts say the same but for the value at one path; an alias of it says something else. */
function onlyThere(before: string, after: string, document: number, path: YamlPath): boolean {
  const [old, now] = [before, after].map((text) =>
    parsed(text, '').map((doc, i) => {
      const plain = JSON.parse(JSON.stringify({ root: doc.toJS({ maxAliasCount: 50 }) ?? null }));
      if (i === document) replaceAt(plain, [{ key: 'root' }, ...path]);
      return plain;
    }),
  );
  return JSON.stringify(old) === JSON.stringify(now);
}

/** Puts null where the path leads. */
function replaceAt(root: unknown, path: YamlPath): void {
  let here = root as Record<string | number, unknown>;
  for (const [i, step] of path.entries()) {
    const list = here as unknown as Record<string, unknown>[];
    const at =
      'index' in step
        ? step.index
        : 'is' in step
          ? list.findIndex((item) => String(item?.[step.key]) === step.is)
          : step.key;
    if (i === path.length - 1) here[at] = null;
    else here = here[at] as typeof here;
  }
}
