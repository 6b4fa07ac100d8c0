import { nearest, quote, UserError } from '@sluice/contract';

/** What the target of a router that is a Kubernetes object names. */
export interface ObjectTarget<K extends string> {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** What stands behind `?`. */
  readonly options: { readonly [key in K | 'context']?: string };
}

/** As RFC 1123 has names, with the dots that names of objects may hold. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Parses `<namespace>/<kind>/<name>?<key>=<value>`; `context=` is known everywhere.
 * @throws UserError for anything else
 */
export function parseObjectTarget<K extends string>(
  target: string,
  kinds: readonly string[],
  keys: readonly K[],
): ObjectTarget<K> {
  const all = [...keys, 'context'] as const;
  const form = `<namespace>/${kinds.join('|')}/<name>, then ?${all.map((key) => `${key}=<…>`).join('&')} as needed`;
  const wrong = (what: string): UserError =>
    new UserError(`target ${quote(target)} ${what}. Allowed: ${form}.`);
  const at = target.indexOf('?');
  const parts = partsOf(target);
  const [namespace = '', given = '', name = ''] = parts;
  if (parts.length !== 3) throw wrong('has not the three parts namespace, kind and name');
  const kind = kinds.find((known) => known.toLowerCase() === given.toLowerCase());
  if (!kind) {
    const near = nearest(given, kinds);
    throw wrong(`has the unknown kind ${quote(given)}${near ? `; did you mean ${near}?` : ''}`);
  }
  for (const [what, text] of [
    ['namespace', namespace],
    ['name', name],
  ] as const)
    if (!NAME.test(text)) throw wrong(`has ${quote(text)} as ${what}, which no Kubernetes object can have`);
  const options: { [key in K | 'context']?: string } = {};
  for (const [key, value] of new URLSearchParams(at < 0 ? '' : target.slice(at + 1))) {
    const known = all.find((k) => k === key);
    if (!known) {
      const near = nearest(key, all);
      throw wrong(`has the unknown part ${quote(key)}${near ? `; did you mean ${near}?` : ''}`);
    }
    if (options[known] !== undefined) throw wrong(`has ${key} twice`);
    if (value === '') throw wrong(`has an empty ${key}`);
    options[known] = value;
  }
  return { namespace, kind, name, options };
}

/** Whether a target names this object; a target of another form names none. Kinds are written in any case. */
export function namesObject(
  target: string,
  {
    namespace,
    kind,
    name,
  }: { readonly namespace?: string | undefined; readonly kind: string; readonly name: string },
): boolean {
  return partsOf(target).join('/').toLowerCase() === `${namespace}/${kind}/${name}`.toLowerCase();
}

const partsOf = (target: string): string[] => (target.split('?')[0] as string).split('/');
