import { UserError } from '@sluice/contract';

/**
 * Patterns as in a `.gitignore` (gitignore(5)): `*` and `?` stay within a name, `**` crosses folders, a pattern without
 * `/` matches in every folder, one with `/` is taken from the root, one that matches a folder matches all in it, a
 * later `!pattern` takes out again.
 */
export function matcher(patterns: readonly string[]): (file: string) => boolean {
  const rules = patterns.map((pattern) => {
    const out = pattern.startsWith('!');
    return { out, expression: expressionOf(out ? pattern.slice(1) : pattern) };
  });
  return (file) => rules.findLast(({ expression }) => expression.test(file))?.out === false;
}

function expressionOf(pattern: string): RegExp {
  const folderOnly = pattern.endsWith('/');
  const body = pattern.replace(/\/+$/, '').replace(/(\*\*\/)+/g, '**/');
  const anywhere = !body.includes('/');
  const path = body.replace(/^(\.?\/)+/, '');
  const ending = folderOnly ? '/.*' : '(?:/.*)?';
  try {
    return new RegExp(`^${anywhere ? '(?:.*/)?' : ''}${translated(path)}${ending}$`, 'su');
  } catch {
    throw new UserError(`model-paths: '${pattern}' is no pattern (a range in [] runs backwards?)`);
  }
}

function translated(pattern: string): string {
  let out = '';
  let rest = pattern;
  while (rest !== '') {
    const [token, source] = next(rest, out === '' || out.endsWith('/'));
    out += source;
    rest = rest.slice(token.length);
  }
  return out;
}

/** The first token of a pattern, with its regular expression. */
function next(rest: string, atStart: boolean): [string, string] {
  const stars = /^\*\*+/.exec(rest)?.[0];
  if (stars !== undefined) {
    if (atStart && rest.startsWith(`${stars}/`)) return [`${stars}/`, '(?:.*/)?'];
    return atStart && rest === stars ? [stars, '.+'] : [stars, '[^/]*'];
  }
  if (rest.startsWith('*')) return ['*', '[^/]*'];
  if (rest.startsWith('?')) return ['?', '[^/]'];
  const set = /^\[([!^]?)((?:\]|[^\]/])[^\]/]*)\]/.exec(rest);
  if (set) {
    const [token, not, members] = set as unknown as [string, string, string];
    return [token, `(?!/)[${not === '' ? '' : '^'}${members.replace(/[\\[\]^]/g, '\\$&')}]`];
  }
  const escaped = /^\\(.)/su.exec(rest);
  if (escaped) return [escaped[0], literal(escaped[1] as string)];
  const character = String.fromCodePoint(rest.codePointAt(0) as number);
  return [character, literal(character)];
}

const literal = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
